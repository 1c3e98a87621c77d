// Pictures stay blurred until the person asks, one by one. The full picture is fetched only then, and
// pressing again blurs it. Without this script the link opens the picture on a page of its own.

class Picture {
  constructor(root) {
    this.root = root
    this.image = root.querySelector('img')
    this.link = root.querySelector('[data-reveal-link]')
    this.button = root.querySelector('[data-reveal]')
    if (!this.image || !this.link || !this.button) return
    this.blurred = { src: this.image.getAttribute('src'), alt: this.image.alt }
    this.words = this.button.textContent
    this.link.hidden = true
    this.button.hidden = false
    this.button.addEventListener('click', () => (this.open ? this.blur() : this.show()))
  }

  show() {
    this.open = true
    this.button.textContent = 'Opening…'
    // Loaded beside the blurred one and exchanged when it is complete, so half a picture is never seen.
    const full = new Image()
    full.addEventListener('load', () => {
      if (!this.open) return
      this.image.src = full.src
      this.image.alt = this.root.dataset.alt
      this.root.classList.add('db-picture--open')
      this.button.textContent = this.root.dataset.blurText ?? 'Blur it again'
    })
    full.addEventListener('error', () => {
      this.blur()
      this.button.textContent = 'It could not be opened. Try again'
    })
    full.src = this.root.dataset.full
  }

  blur() {
    this.open = false
    this.root.classList.remove('db-picture--open')
    if (this.blurred.src) this.image.setAttribute('src', this.blurred.src)
    else this.image.removeAttribute('src')
    this.image.alt = this.blurred.alt
    this.button.textContent = this.words
  }
}

export function startPictures(root = document) {
  for (const element of root.querySelectorAll('[data-picture]')) new Picture(element)
}
