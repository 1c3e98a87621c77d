// Starts everything a page may hold. Each part starts by itself: one that fails takes no other with it.

import { Button } from './govuk/components/button/button.js'
import { ErrorSummary } from './govuk/components/error-summary/error-summary.js'
import { NotificationBanner } from './govuk/components/notification-banner/notification-banner.js'
import { PasswordInput } from './govuk/components/password-input/password-input.js'
import { SkipLink } from './govuk/components/skip-link/skip-link.js'

import { startAutosave } from './autosave.js'
import { startBusyNotes } from './busy.js'
import { startIdleLock } from './idle.js'
import { startLookingAgain } from './progress.js'
import { startPictures } from './reveal.js'

// GOV.UK Frontend looks for these two classes; its own inline script that sets them is not allowed here.
document.body.classList.add('js-enabled', 'govuk-frontend-supported')

function start(part) {
  try {
    part()
  } catch (error) {
    console.error(error)
  }
}

for (const Component of [Button, ErrorSummary, NotificationBanner, PasswordInput, SkipLink]) {
  for (const root of document.querySelectorAll(`[data-module="${Component.moduleName}"]`)) start(() => new Component(root))
}
for (const part of [startAutosave, startBusyNotes, startIdleLock, startLookingAgain, startPictures]) start(part)
// Only a page that adds files needs what sends them in parts.
if (document.querySelector('form[data-upload-url]')) import('./uploading.js').then(({ startUploading }) => start(startUploading), console.error)
