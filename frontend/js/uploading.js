// Sends chosen files piece by piece, so that a broken connection, a restart or a lock costs nothing that
// has arrived: form[data-upload-url]. Nothing is stored in this browser. The server knows a file that was
// begun before by its name, size and first bytes, and what has arrived is compared before more is sent.
// Without this script, or where it cannot start, the form is sent as it is.

import { refreshToken } from './csrf.js'

const PART_BYTES = 16 * 1024 * 1024
const PIECE_BYTES = 8 * 1024 * 1024
const HEAD_BYTES = 64 * 1024
const AT_ONCE = 3
const KEPT_TOGETHER = 24
const RETRY_DELAYS = [300, 1000, 3000]
const LOOK_AGAIN_MS = 5000
const SOON_BYTES = 20e6
const TOKEN = 'csrfmiddlewaretoken'

const TEXT = {
  waiting: 'Waits for the others',
  looking: 'Looking whether some of it has arrived before',
  comparing: 'Checking that it is the same file',
  sending: (arrived, all, percent) => `${arrived} of ${all} (${percent}%)`,
  paused: (arrived, all) => `Paused at ${arrived} of ${all}. What has arrived is kept for a week.`,
  busy: 'Another window may be sending this file, or its last piece is still on its way. It is tried again by itself.',
  offline: 'No connection. What has arrived is kept. It is tried again by itself.',
  locked: 'Your record is locked. What has arrived is kept. Open your record in another tab, then come back here: it goes on by itself.',
  keeping: 'All of it has arrived. It is being kept',
  kept: 'Kept',
  already: 'This file was kept before, so it is not kept twice',
  back: 'This file was kept before, but was missing or damaged. It is back in its place',
  letting: 'It is being let go of',
  gone: 'Let go. Your own copy is still where it was.',
  notGone: 'It could not be let go of now. What has arrived goes by itself after a week, or let go of it on this page later.',
  unknown: 'This file is not on its way any more. It may be kept already: look at your files, and choose it again if it is not there.',
  failed: 'This file could not be kept. What has arrived is still there: choose it again to go on.',
  covered: 'Your record is locked, and this page is covered. Files that were on their way wait: open your record in another tab, and they go on.'
}

/** A length in bytes as people say it, as the pages of the server do. */
function inWords(bytes) {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`
  if (bytes < 999500) return `${Math.round(bytes / 1000)} kB`
  if (bytes < 999950000) return `${(bytes / 1e6).toFixed(1)} MB`
  return `${(bytes / 1e9).toFixed(1)} GB`
}

async function digest(blob) {
  const hash = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** What the server said against a file; `words` can be shown as they are. */
class Refusal extends Error {
  constructor(status, words) {
    super(words)
    this.status = status
  }
}

class Sending {
  constructor(page, file, number) {
    this.page = page
    this.file = file
    this.label = `File ${number}`
    this.state = 'waiting'
    this.arrived = 0
    this.url = null
    this.build()
  }

  build() {
    this.row = document.createElement('li')
    this.row.className = 'db-card db-upload'
    this.name = document.createElement('p')
    this.name.className = 'govuk-body db-upload__name'
    this.shown = document.createElement('bdi')
    this.shown.textContent = this.page.unseen ? this.label : this.file.name
    this.name.append(this.shown)
    const frame = document.createElement('div')
    frame.className = 'db-progress db-upload__progress'
    this.bar = document.createElement('progress')
    this.bar.max = 1
    this.bar.value = 0
    this.bar.setAttribute('aria-label', this.label)
    frame.append(this.bar)
    this.status = document.createElement('p')
    this.status.className = 'db-card__meta'
    this.status.textContent = TEXT.waiting
    const buttons = document.createElement('div')
    buttons.className = 'govuk-button-group db-upload__buttons'
    this.pauseButton = this.button(buttons, 'Pause', () => (['paused', 'failed', 'offline'].includes(this.state) ? this.goOn() : this.pause()))
    this.letGoButton = this.button(buttons, 'Let go', () => this.letGo())
    this.row.append(this.name, frame, this.status, buttons)
  }

  button(group, text, act) {
    const made = document.createElement('button')
    made.type = 'button'
    made.className = 'govuk-button govuk-button--secondary'
    made.textContent = text
    made.setAttribute('aria-label', `${text}: ${this.label}`)
    made.addEventListener('click', act)
    group.append(made)
    return made
  }

  get isOver() {
    return ['kept', 'refused', 'gone'].includes(this.state)
  }

  get isUnderWay() {
    return ['looking', 'comparing', 'sending', 'keeping'].includes(this.state)
  }

  /** Whether files that come after this one wait for it, so that their numbers are in the order they were chosen. */
  get isSoonHere() {
    return ['waiting', 'looking', 'comparing', 'sending'].includes(this.state) && this.file.size - this.arrived < SOON_BYTES
  }

  become(state, text, { aloud = false } = {}) {
    this.state = state
    this.status.textContent = text
    this.row.classList.toggle('db-upload--stopped', ['offline', 'locked', 'failed', 'refused'].includes(state))
    const word = ['paused', 'failed', 'offline'].includes(state) ? 'Go on' : 'Pause'
    this.pauseButton.textContent = word
    this.pauseButton.setAttribute('aria-label', `${word}: ${this.label}`)
    this.pauseButton.hidden = this.isOver || ['waiting', 'keeping', 'locked'].includes(state)
    this.letGoButton.hidden = this.isOver || ['looking', 'comparing', 'keeping', 'locked'].includes(state)
    this.bar.parentElement.hidden = this.isOver
    if (aloud) this.page.say(`${this.label}: ${text}`)
    this.page.changed()
  }

  /** Hides the name from whoever comes to a locked page. */
  hideName(hidden) {
    this.shown.textContent = hidden || this.page.unseen ? this.label : this.file.name
  }

  async start() {
    this.become('looking', TEXT.looking)
    try {
      await this.find()
      if (this.state === 'looking' || this.state === 'comparing') this.send()
    } catch (error) {
      this.stopped(error)
    }
  }

  /** Finds out whether this file began to arrive before, and makes sure that it is the same one. */
  async find() {
    this.head ??= await digest(this.file.slice(0, HEAD_BYTES))
    if (this.url && this.compared) return
    const found = this.url
      ? { url: this.url, offset: this.arrived }
      : await this.page.ask(this.page.form.dataset.findUrl, { name: this.file.name, length: this.file.size, head: this.head })
    if (!found.url || this.page.isTaken(found.url, this)) return
    this.become('comparing', TEXT.comparing)
    const digests = []
    for (let start = 0; start < found.offset; start += PIECE_BYTES) {
      digests.push(await digest(this.file.slice(start, Math.min(start + PIECE_BYTES, found.offset))))
      if (this.state !== 'comparing') return
    }
    const answer = await this.page.ask(`${found.url}same/`, { digests: JSON.stringify(digests) })
    if (!answer.same) throw new Refusal(422, answer.words)
    this.url = found.url
    this.compared = true
    this.arrived = found.offset
  }

  send() {
    const options = {
      // Once it is begun there is no address to begin it at: a file that is gone must not be begun again in silence.
      endpoint: this.url ? null : this.page.form.dataset.uploadUrl,
      uploadUrl: this.url,
      chunkSize: PART_BYTES,
      retryDelays: RETRY_DELAYS,
      storeFingerprintForResuming: false,
      fingerprint: async () => null,
      metadata: { filename: this.file.name, filetype: this.file.type, head: this.head },
      onBeforeRequest: (request) => {
        request.setHeader('X-CSRFToken', this.page.token())
        request.setHeader('X-Daybook', 'upload')
      },
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0
        return [0, 409, 423].includes(status) || (status >= 500 && status !== 507)
      },
      onUploadUrlAvailable: () => {
        this.url = this.upload.url
        this.compared = true
        this.upload.options.endpoint = null
      },
      onProgress: (sent, all) => this.progress(sent, all),
      onSuccess: () => this.keep(),
      onError: (error) => this.stopped(new Refusal(error.originalResponse?.getStatus() ?? 0, error.originalResponse?.getBody() ?? ''))
    }
    this.upload = new this.page.tus.Upload(this.file, options)
    this.become('sending', TEXT.sending(inWords(this.arrived), inWords(this.file.size), this.percent()))
    this.upload.start()
  }

  percent() {
    return this.file.size ? Math.floor((100 * this.arrived) / this.file.size) : 100
  }

  progress(sent, all) {
    if (this.state !== 'sending') return
    this.arrived = sent
    this.bar.value = all ? sent / all : 1
    this.status.textContent = TEXT.sending(inWords(sent), inWords(all), this.percent())
  }

  keep() {
    this.bar.value = 1
    this.arrived = this.file.size
    this.arrivedWhole = true
    this.become('keeping', TEXT.keeping)
  }

  /** The number by which the server knows it. */
  get number() {
    return new URL(this.url, location.href).pathname.split('/').at(-2)
  }

  kept(told) {
    if (told.status) return this.stopped(new Refusal(told.status, told.words))
    this.id = told.id
    this.word = told.word
    this.remark = told.remark
    this.become('kept', TEXT[told.word], { aloud: true })
  }

  /** Says why it does not go on, and whether it will by itself. */
  async stopped(error) {
    if (['paused', 'gone', 'locked'].includes(this.state) && !(error instanceof Refusal && error.status === 401)) return
    const status = error instanceof Refusal ? error.status : 0
    if (status === 401) {
      this.page.locked()
      this.become('locked', TEXT.locked, { aloud: true })
    } else if (status === 403 && !this.refreshed) {
      // The record was opened again in another tab: with a fresh token it is taken.
      this.refreshed = true
      await refreshToken().catch(() => false)
      this.again()
    } else if (status === 0 || [409, 423].includes(status) || (status >= 500 && status !== 507)) {
      const text = status === 423 ? TEXT.busy : TEXT.offline
      this.become('offline', text, { aloud: this.lastSaid !== text })
      this.lastSaid = text
      this.page.lookAgain()
    } else if (status === 404 && this.arrivedWhole) {
      this.become('refused', TEXT.unknown, { aloud: true })
    } else if (status === 507) {
      this.become('failed', error.message || TEXT.failed, { aloud: true })
    } else {
      this.become('refused', status === 403 || !error.message ? TEXT.failed : error.message, { aloud: true })
    }
  }

  again() {
    if (this.arrivedWhole) this.keep()
    else this.start()
  }

  goOn() {
    this.refreshed = false
    this.again()
  }

  pause() {
    this.upload?.abort()
    this.become('paused', TEXT.paused(inWords(this.arrived), inWords(this.file.size)), { aloud: true })
  }

  /** Stops at once, without a word. */
  halt() {
    if (!this.isOver) this.upload?.abort()
  }

  async letGo() {
    this.upload?.abort()
    this.become('gone', TEXT.letting)
    if (!this.url) return this.become('gone', TEXT.gone, { aloud: true })
    const headers = { 'X-CSRFToken': this.page.token(), 'X-Daybook': 'upload', 'Tus-Resumable': '1.0.0' }
    for (const wait of [0, 1000, 5000, 30000]) {
      await new Promise((resolve) => { setTimeout(resolve, wait) })
      const answer = await fetch(this.url, { method: 'DELETE', headers, credentials: 'same-origin', keepalive: true }).catch(() => null)
      // Busy: the request that was stopped may still be on its way.
      if (answer && (answer.ok || answer.status === 404)) return this.become('gone', TEXT.gone, { aloud: true })
    }
    this.become('gone', TEXT.notGone, { aloud: true })
  }
}

class Uploading {
  constructor(form, tus) {
    this.form = form
    this.tus = tus
    this.sendings = []
    document.addEventListener('daybook:leaving', () => this.halt())
    document.addEventListener('daybook:locking', (event) => this.locking(event))
    window.addEventListener('online', () => this.wakeUp())
    document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') this.wakeUp() })
  }

  start(files) {
    this.choices = {}
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === 'string' && name !== TOKEN) this.choices[name] = value
    }
    this.unseen = 'unseen' in this.choices
    this.list = document.createElement('ul')
    this.list.className = 'govuk-list govuk-list--spaced db-uploads'
    this.list.setAttribute('aria-label', 'Files on their way')
    this.sendings = [...files].map((file, index) => new Sending(this, file, index + 1))
    this.list.append(...this.sendings.map((each) => each.row))
    this.note = document.createElement('p')
    this.note.className = 'govuk-body'
    this.note.textContent = 'Keep this page open. Each piece is sealed as it arrives.'
    this.form.hidden = true
    // What is told there of files from before is overtaken by what happens now.
    document.querySelector('[data-coming]')?.setAttribute('hidden', '')
    this.form.after(this.note, this.list)
    this.list.tabIndex = -1
    this.list.focus()
    for (const each of this.sendings) each.become('waiting', TEXT.waiting)
    this.changed()
  }

  token() {
    return this.form.querySelector(`input[name="${TOKEN}"]`)?.value ?? ''
  }

  say(text) {
    const live = document.getElementById('live')
    if (live) live.textContent = text
  }

  /** Posts a few fields; gives the answer's content or throws a Refusal. */
  async ask(url, fields, { afresh = false } = {}) {
    const answer = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams([...(Array.isArray(fields) ? fields : Object.entries(fields)), [TOKEN, this.token()]]),
      headers: { 'X-Daybook': 'upload' },
      credentials: 'same-origin',
      redirect: 'manual'
    })
    if (answer.ok) return await answer.json()
    if (answer.status === 403 && !afresh && (await refreshToken())) return await this.ask(url, fields, { afresh: true })
    const plain = answer.headers.get('Content-Type')?.startsWith('text/plain')
    throw new Refusal(answer.type === 'opaqueredirect' ? 401 : answer.status, plain ? await answer.text() : '')
  }

  isTaken(url, asking) {
    return this.sendings.some((each) => each !== asking && each.url === url)
  }

  /** Files that have arrived are kept several at a time, in the order they were chosen, unless one before takes long. */
  async keepWhatArrived() {
    const until = this.sendings.findIndex((each) => each.isSoonHere)
    const before = until < 0 ? this.sendings : this.sendings.slice(0, until)
    const together = before.filter((each) => each.state === 'keeping').slice(0, KEPT_TOGETHER)
    if (this.isKeeping || !together.length) return
    this.isKeeping = true
    const fields = [...Object.entries(this.choices), ...together.map((each) => ['upload', each.number])]
    if (this.sendings.every((each) => each.isOver || together.includes(each))) fields.push(['last', '1'])
    const told = await this.ask(this.form.dataset.keepUrl, fields).catch((error) => error)
    for (const [place, each] of together.entries()) {
      if (told instanceof Error) each.stopped(told)
      else each.kept(told.files[place])
    }
    // Only now: each of them calls for the next ones, and those of this time must not be asked for again.
    this.isKeeping = false
    this.changed()
  }

  /** Starts what waits, and goes on to the page that says what became of all. */
  changed() {
    if (!this.list) return
    this.keepWhatArrived()
    const keeping = this.sendings.filter((each) => each.state === 'keeping').length
    const sending = this.sendings.filter((each) => each.isUnderWay).length - keeping
    const free = keeping < KEPT_TOGETHER ? AT_ONCE - sending : 0
    const waiting = this.sendings.filter((each) => each.state === 'waiting').slice(0, Math.max(free, 0))
    for (const each of waiting) {
      each.state = 'looking'
      queueMicrotask(() => each.start())
    }
    if (this.sendings.every((each) => each.isOver)) this.over()
  }

  over() {
    if (this.isDone) return
    this.isDone = true
    const kept = this.sendings.filter((each) => each.state === 'kept')
    const refused = this.sendings.some((each) => each.state === 'refused')
    const { addedUrl, draftUrl } = this.form.dataset
    const url = new URL(addedUrl, location.href)
    for (const word of ['kept', 'back', 'already']) {
      url.searchParams.set(word, kept.filter((each) => each.word === word).map((each) => each.id).join(','))
    }
    const next = draftUrl && !kept.some((each) => each.word !== 'kept' || each.remark) ? draftUrl : url.href
    if (kept.length && !refused) {
      location.assign(next)
      return
    }
    this.note.textContent = ''
    const link = document.createElement('a')
    link.className = 'govuk-link'
    link.href = kept.length ? next : location.href
    link.textContent = kept.length ? 'See what was kept' : 'Choose files again'
    this.note.append(link)
  }

  halt() {
    for (const each of this.sendings) each.halt()
  }

  get isUnderWay() {
    return Boolean(this.list) && !this.isDone && this.sendings.some((each) => !each.isOver && each.state !== 'paused')
  }

  /** The record is about to be locked: nothing goes on, and the page stays, covered, so that no file has to be chosen again. */
  locking(event) {
    if (!this.isUnderWay) return
    document.body.dataset.covered = TEXT.covered
    event.detail.waitFor(Promise.resolve('refused'))
    this.locked()
    for (const each of this.sendings) {
      if (each.isOver || each.state === 'paused') continue
      each.halt()
      each.become('locked', TEXT.locked)
    }
  }

  locked() {
    for (const each of this.sendings) each.hideName(true)
    this.lookAgain()
  }

  lookAgain() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.wakeUp(), LOOK_AGAIN_MS)
  }

  /** Tries again what stands still by no wish of the person's. */
  async wakeUp() {
    const still = this.sendings.filter((each) => ['locked', 'offline'].includes(each.state))
    if (!still.length || this.looking) return
    this.looking = true
    try {
      await refreshToken()
      // Asks for nothing, but only an unlocked record answers.
      await this.ask(this.form.dataset.findUrl, { name: '', length: '' })
      delete document.body.dataset.covered
      for (const each of this.sendings) each.hideName(false)
      for (const each of still) each.goOn()
    } catch {
      this.lookAgain()
    } finally {
      this.looking = false
    }
  }
}

export function startUploading(root = document) {
  const form = root.querySelector('form[data-upload-url]')
  if (!form || !globalThis.crypto?.subtle) return
  const input = form.querySelector('input[type="file"]')
  // Only this page needs it, and it is large: fetched as soon as somebody is about to choose.
  let loading
  const load = () => { loading ??= import('./tus.js').catch(() => null) }
  input.addEventListener('click', load)
  input.addEventListener('change', load)
  form.addEventListener('submit', (event) => {
    if (!input.files.length) return
    event.preventDefault()
    const files = [...input.files]
    load()
    loading.then((tus) => {
      if (tus) new Uploading(form, tus).start(files)
      else HTMLFormElement.prototype.submit.call(form)
    })
  })
}
