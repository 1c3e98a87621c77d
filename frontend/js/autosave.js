// Saves what is being written a few seconds after typing stops, when the page is hidden, and on
// leaving. Nothing is kept in this browser: a draft is sealed by the server or it is still on the
// page. The focus is never moved; a failure is said and tried again until it works.

import { refreshToken } from './csrf.js'

const PAUSE_MS = 2000
const LONGEST_MS = 10000
const FIRST_RETRY_MS = 2000
const LONGEST_RETRY_MS = 30000

const TEXT = {
  saved: (time) => `Saved at ${time}`,
  failed: (time) => `${time ? `Not saved since ${time}.` : 'Not saved yet.'} Still trying. Please keep this page open.`,
  kept: 'This was kept already. If you wrote more here, press the button to keep that too.',
  locked: 'Not saved: your record is locked. Open it in another tab, then come back here. Your words are still on this page.'
}

class Autosave {
  constructor(form, now = () => new Date()) {
    this.form = form
    this.now = now
    this.last = this.words()
    this.lastTime = ''
    this.retryAfter = FIRST_RETRY_MS
    this.status = form.querySelector('[data-autosave-status]') ?? this.makeStatus()

    form.addEventListener('input', () => this.changed())
    form.addEventListener('change', () => this.changed())
    form.addEventListener('submit', () => this.stop())
    window.addEventListener('online', () => this.save())
    window.addEventListener('pagehide', () => this.save({ keepalive: true }))
    document.addEventListener('visibilitychange', () => {
      this.save({ keepalive: document.visibilityState === 'hidden' })
    })
    document.addEventListener('daybook:leaving', (event) => {
      this.saveLast(event)
      this.stop()
    })
    document.addEventListener('daybook:locking', (event) => this.saveLast(event))
  }

  makeStatus() {
    const status = document.createElement('p')
    status.className = 'db-saved'
    const buttons = [...this.form.querySelectorAll('button[type="submit"], button:not([type])')]
    const place = buttons[0]?.closest('.govuk-button-group') ?? buttons[0]
    if (place) place.before(status)
    else this.form.append(status)
    return status
  }

  /** The fields as they would be posted, without files: those are only ever sent by the form itself. */
  fields() {
    const data = new FormData(this.form)
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name)
    return data
  }

  /** What is compared to know whether something changed; the token is not something a person wrote. */
  words() {
    const data = this.fields()
    data.delete('csrfmiddlewaretoken')
    return new URLSearchParams(data).toString()
  }

  /** Hands the save of what is still unsaved, if anything, to whoever is about to lock the record. */
  saveLast(event) {
    if (this.stopped || this.words() === this.last) return
    event.detail.waitFor(this.save({ keepalive: true, again: true }).then((saved) => saved || (this.refused ? 'refused' : false)))
  }

  changed() {
    if (this.stopped) return
    const now = Date.now()
    this.firstChange ??= now
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.save(), Math.max(0, Math.min(PAUSE_MS, this.firstChange + LONGEST_MS - now)))
  }

  stop() {
    this.stopped = true
    clearTimeout(this.timer)
  }

  /**
   * Saves if there is something new. Resolves to true when the server has all that is on the page.
   * With `again`, sends even while another save is under way: there may be no later chance.
   */
  async save({ keepalive = false, again = false } = {}) {
    const words = this.words()
    if (words === this.last) return true
    if (this.stopped) return false
    if (this.busy && !again) {
      this.waiting = true
      return false
    }
    clearTimeout(this.timer)
    this.firstChange = undefined
    this.busy = true
    const outcome = await this.send(keepalive)
    this.busy = false
    this.refused = outcome.state === 'refused'
    if (outcome.state === 'saved') {
      this.last = words
      this.lastTime = outcome.time
      this.retryAfter = FIRST_RETRY_MS
      this.say(TEXT.saved(outcome.time))
    } else if (outcome.state === 'kept') {
      // What the form was for is done: nothing is left to save again and again.
      this.stop()
      this.say(TEXT.kept)
      return true
    } else {
      this.say(['locked', 'refused'].includes(outcome.state) ? TEXT.locked : TEXT.failed(this.lastTime), { failed: true })
      this.retryLater()
    }
    if (this.waiting) {
      this.waiting = false
      this.changed()
    }
    return outcome.state === 'saved'
  }

  async send(keepalive, { afresh = false } = {}) {
    const options = (lasting) => ({
      method: 'POST',
      body: this.fields(),
      headers: { 'X-Daybook': 'autosave' },
      credentials: 'same-origin',
      redirect: 'manual',
      keepalive: lasting
    })
    try {
      let answer
      try {
        answer = await fetch(this.form.dataset.autosaveUrl, options(keepalive))
      } catch (error) {
        // Browsers refuse a lasting request of more than 64 KiB at once; an ordinary one may still arrive.
        if (!keepalive) throw error
        answer = await fetch(this.form.dataset.autosaveUrl, options(false))
      }
      if (answer.ok) return { state: 'saved', time: await this.timeOf(answer) }
      if (answer.status === 409) return { state: 'kept' }
      if (answer.type === 'opaqueredirect' || [401, 403].includes(answer.status)) {
        const refreshed = await refreshToken()
        // Refused for a token from before the record was opened again in another tab: with the fresh one it is taken.
        if (refreshed && answer.status === 403 && !afresh) return await this.send(keepalive, { afresh: true })
        return { state: answer.status === 401 ? 'locked' : 'refused' }
      }
    } catch {
      // No connection: said below, tried again later.
    }
    return { state: 'failed' }
  }

  async timeOf(answer) {
    if (answer.headers.get('Content-Type')?.startsWith('application/json')) {
      const { saved_at: savedAt } = await answer.json()
      if (savedAt) return savedAt
    }
    return this.now().toLocaleTimeString(document.documentElement.lang || 'en-GB', { hour: '2-digit', minute: '2-digit' })
  }

  retryLater() {
    if (this.stopped) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.save(), this.retryAfter)
    this.retryAfter = Math.min(this.retryAfter * 2, LONGEST_RETRY_MS)
  }

  /** Shows the note, and reads it out when it says something new: "Saved at" at most once a minute. */
  say(text, { failed = false } = {}) {
    if (this.status.textContent === text) return
    this.status.textContent = text
    this.status.classList.toggle('db-saved--failed', failed)
    const live = document.getElementById('live')
    if (live) live.textContent = text
  }
}

export function startAutosave(root = document) {
  for (const form of root.querySelectorAll('form[data-autosave-url]')) new Autosave(form)
}
