// "Exit this page": blank at once, lock the record by a request that outlives the page, and replace
// the page by a neutral place. Leaving never waits for the server. Without this script the button is
// an ordinary form post. Loaded by itself and asynchronously, so it works before the page is complete.

const PRESSES_TO_LEAVE = 3
const PRESSES_FORGOTTEN_AFTER_MS = 5000
const LONGEST_WAIT_FOR_WORDS_MS = 150

/** Other open pages of this origin hear "leave" here and go too. It stores nothing. */
const channel = 'BroadcastChannel' in window ? new BroadcastChannel('daybook') : null

let leaving = false

function exitForm() {
  return document.querySelector('form[data-exit]')
}

/** Empties screen and title without waiting for a stylesheet or a frame. */
function blank() {
  document.title = ' '
  document.documentElement.replaceChildren()
}

function leave({ tellOthers = true } = {}) {
  if (leaving) return
  const form = exitForm()
  if (!form) return
  leaving = true
  const { action } = form
  const { destination } = form.dataset
  const body = new URLSearchParams(new FormData(form))

  // Unsaved words go out first, while their form still exists. No frame is drawn before blank().
  const saves = []
  document.dispatchEvent(new CustomEvent('daybook:leaving', { detail: { waitFor: (save) => saves.push(save) } }))
  blank()
  if (tellOthers) channel?.postMessage('leave')
  try {
    lockAfter(saves, action, body)
  } finally {
    window.location.replace(destination)
  }
}

/**
 * Sends the request that locks the record: at once, or, if words are still on their way, as soon as they
 * have arrived, so that the lock does not shut them out. The page itself does not wait for either: the
 * lock goes out at the latest when the page goes.
 */
function lockAfter(saves, action, body) {
  let sent = false
  const lock = () => {
    if (sent) return
    sent = true
    // "manual": the answer is a redirect to another origin, which must not be followed from here.
    fetch(action, { method: 'POST', body, keepalive: true, credentials: 'same-origin', redirect: 'manual' }).catch(() => {})
  }
  if (saves.length === 0) {
    lock()
    return
  }
  window.addEventListener('pagehide', lock)
  setTimeout(lock, LONGEST_WAIT_FOR_WORDS_MS)
  Promise.allSettled(saves).then(lock)
}

document.addEventListener(
  'submit',
  (event) => {
    if (event.target !== exitForm()) return
    event.preventDefault()
    leave()
  },
  true
)

let presses = 0
let shiftAlone = false
let forgetTimer

function countPress() {
  presses += 1
  if (presses >= PRESSES_TO_LEAVE) {
    leave()
    return
  }
  show()
  clearTimeout(forgetTimer)
  forgetTimer = setTimeout(forget, PRESSES_FORGOTTEN_AFTER_MS)
}

function forget() {
  presses = 0
  clearTimeout(forgetTimer)
  show()
}

/** Dots on the button for the eye, a sentence for the screen reader. */
function show() {
  const button = exitForm()?.querySelector('button')
  if (button) {
    if (presses) button.dataset.presses = String(presses)
    else delete button.dataset.presses
  }
  const live = document.getElementById('live')
  if (live && presses) {
    const left = PRESSES_TO_LEAVE - presses
    live.textContent = `Shift pressed. Press it ${left} more ${left === 1 ? 'time' : 'times'} to exit this page.`
  }
}

// A Shift that makes a capital letter or a selection is not a press: only Shift down and up by itself counts.
document.addEventListener(
  'keydown',
  (event) => {
    if (event.key === 'Shift') {
      if (!event.repeat) shiftAlone = !(event.ctrlKey || event.altKey || event.metaKey)
    } else {
      shiftAlone = false
      if (presses) forget()
    }
  },
  true
)
document.addEventListener(
  'keyup',
  (event) => {
    if (event.key === 'Shift' && shiftAlone) countPress()
    if (event.key === 'Shift') shiftAlone = false
  },
  true
)
document.addEventListener('pointerdown', () => { shiftAlone = false }, true)

channel?.addEventListener('message', ({ data }) => {
  if (data === 'leave') leave({ tellOthers: false })
})

// A page the browser kept in memory would come back readable on Back: it is emptied and asked for again.
window.addEventListener('pageshow', (event) => {
  if (!event.persisted) return
  blank()
  window.location.reload()
})
