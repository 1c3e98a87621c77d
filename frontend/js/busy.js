// Says that something long has begun, so that nobody presses twice or closes the page: form[data-busy].

export function startBusyNotes(root = document) {
  for (const form of root.querySelectorAll('form[data-busy]')) {
    form.addEventListener('submit', (event) => {
      if (event.defaultPrevented) return
      const note = document.createElement('div')
      note.className = 'db-progress'
      const bar = document.createElement('progress')
      bar.setAttribute('aria-label', form.dataset.busy)
      const text = document.createElement('p')
      text.className = 'govuk-body'
      text.textContent = form.dataset.busy
      note.append(bar, text)
      form.append(note)
      const live = document.getElementById('live')
      if (live) live.textContent = form.dataset.busy
    })
  }
}
