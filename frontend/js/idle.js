// Locks the record when nobody has touched it for a while, or as soon as the page is hidden if the
// person chose that. Words being written are saved first. Any key, tap or scroll in any open page of
// the record starts the time again, so there is no clock on writing.

const WARN_BEFORE_SECONDS = 60
const LOOK_EVERY_MS = 1000
const TELL_EVERY_MS = 5000
const TOUCH_EVERY_MS = 60000
const LONGEST_WAIT_FOR_WORDS_MS = 4000
const LONGEST_WAIT_WHEN_HIDDEN_MS = 1500
const RETRY_LOCK_SECONDS = 15

class IdleLock {
  constructor(body) {
    this.body = body
    this.seconds = Number(body.dataset.idleSeconds)
    this.warnAfter = Math.max(this.seconds - WARN_BEFORE_SECONDS, this.seconds / 2)
    this.touchUrl = body.dataset.touchUrl
    this.lastSeen = Date.now()
    this.lastTold = 0
    this.lastTouched = Date.now()
    this.warning = document.getElementById('idle-warning')
    this.channel = 'BroadcastChannel' in window ? new BroadcastChannel('daybook') : null

    for (const kind of ['keydown', 'pointerdown', 'scroll', 'input']) {
      document.addEventListener(kind, () => this.seen(), { capture: true, passive: true })
    }
    this.stay = this.warning?.querySelector('[data-stay]')
    this.stay?.addEventListener('click', () => this.uncover())
    document.querySelector('form[data-lock-form]')?.addEventListener('submit', (event) => {
      event.preventDefault()
      this.lock()
    })
    this.channel?.addEventListener('message', ({ data }) => {
      if (data === 'seen') this.lastSeen = Date.now()
      if (data === 'locked') this.lock()
    })
    document.addEventListener('visibilitychange', () => this.turned())
    this.watchFileChoosers()
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS)
  }

  seen() {
    const now = Date.now()
    // The time may have run out while the machine slept: the first touch then must not reopen it.
    if (this.covered() || now - this.lastSeen >= this.seconds * 1000) return
    this.lastSeen = now
    if (now - this.lastTold > TELL_EVERY_MS) {
      this.lastTold = now
      this.channel?.postMessage('seen')
    }
    if (this.touchUrl && now - this.lastTouched > TOUCH_EVERY_MS) {
      this.lastTouched = now
      fetch(this.touchUrl, { method: 'POST', body: this.token(), credentials: 'same-origin' }).catch(() => {})
    }
    if (this.warning && !this.covered()) this.warning.hidden = true
  }

  look() {
    const idle = (Date.now() - this.lastSeen) / 1000
    if (idle >= this.seconds) this.lock()
    else if (idle >= this.warnAfter) this.warn(Math.ceil(this.seconds - idle))
    else if (this.warning && !this.covered()) this.warning.hidden = true
  }

  covered() {
    return this.body.classList.contains('db-gone')
  }

  warn(left) {
    if (!this.warning || !this.warning.hidden) return
    const text = `Your record will lock in ${left > 50 ? 'about a minute' : `${left} seconds`}. Press any key or touch the page to keep it open.`
    this.warning.querySelector('p').textContent = text
    this.warning.hidden = false
    const live = document.getElementById('live')
    if (live) live.textContent = text
  }

  token() {
    const field = document.querySelector('form[data-exit] input[name="csrfmiddlewaretoken"]')
    return new URLSearchParams(field ? { csrfmiddlewaretoken: field.value } : {})
  }

  /**
   * Asks every draft on the page to be saved; resolves to true if all were, in the time given. Notes in
   * `refused` when the server is there and will not take them: then there is nothing to wait for.
   */
  wordsSaved(longest) {
    const saves = []
    document.dispatchEvent(new CustomEvent('daybook:locking', { detail: { waitFor: (save) => saves.push(save) } }))
    const late = new Promise((resolve) => { setTimeout(() => resolve([false]), longest) })
    return Promise.race([Promise.all(saves), late]).then((states) => {
      this.refused = states.includes('refused')
      return states.every((state) => state === true)
    })
  }

  cover() {
    this.body.classList.add('db-gone')
  }

  /** Covers the page, saves the last words, then locks. Words that cannot be saved are never thrown away. */
  async lock() {
    if (this.locking) return
    this.locking = true
    this.cover()
    if (!(await this.wordsSaved(LONGEST_WAIT_FOR_WORDS_MS))) {
      // The words stay on the covered page, but they keep nothing open that will not take them.
      if (this.refused) await this.lockOnce()
      this.offerPage()
      return
    }
    clearInterval(this.timer)
    this.channel?.postMessage('locked')
    const form = document.querySelector('form[data-lock-form]')
    if (form) {
      HTMLFormElement.prototype.submit.call(form)
      return
    }
    await this.lockByRequest()
    window.location.replace('/')
  }

  /** Locks for a page that stays: once, for the person may open the record again in another window. */
  async lockOnce() {
    if (this.lockedOnce) return
    this.lockedOnce = true
    await this.lockByRequest()
    this.channel?.postMessage('locked')
  }

  /** The page stays covered, says why it is not gone, and lets the person come back to it. */
  offerPage() {
    this.lastSeen = Date.now() - (this.seconds - RETRY_LOCK_SECONDS) * 1000
    this.locking = false
    if (!this.warning) return
    this.warning.querySelector('p').textContent = this.body.dataset.covered ?? 'This page is covered, but it holds words that are not saved yet. Daybook keeps trying.'
    this.stay.textContent = 'Show the page'
    this.warning.hidden = false
    // Nothing else is left on the screen, so the focus is taken from nobody.
    this.stay.focus()
  }

  uncover() {
    this.body.classList.remove('db-gone')
    this.lockedOnce = false
    this.stay.textContent = 'Keep it open'
    this.lastSeen = Date.now()
    this.seen()
  }

  async lockByRequest() {
    const options = { method: 'POST', body: this.token(), keepalive: true, credentials: 'same-origin', redirect: 'manual' }
    await fetch(this.body.dataset.lockUrl, options).catch(() => {})
  }

  async turned() {
    if (document.visibilityState === 'visible') {
      // Not reload(): a page that answered a form post would ask to send the form again.
      if (this.lockedWhileHidden) window.location.replace('/')
      else this.look()
      return
    }
    if (!('lockOnHide' in this.body.dataset) || this.choosingFile) return
    this.lockedWhileHidden = true
    this.cover()
    await this.wordsSaved(LONGEST_WAIT_WHEN_HIDDEN_MS)
    clearInterval(this.timer)
    await this.lockByRequest()
    this.channel?.postMessage('locked')
  }

  /** A phone hides the page while its owner picks a file or takes a picture: that is not going away. */
  watchFileChoosers() {
    document.addEventListener('click', (event) => {
      if (event.target instanceof HTMLInputElement && event.target.type === 'file') this.choosingFile = true
    }, true)
    for (const kind of ['change', 'cancel']) {
      document.addEventListener(kind, (event) => {
        if (event.target instanceof HTMLInputElement && event.target.type === 'file') this.choosingFile = false
      }, true)
    }
  }
}

export function startIdleLock(body = document.body) {
  if (Number(body.dataset.idleSeconds) > 0) new IdleLock(body)
}
