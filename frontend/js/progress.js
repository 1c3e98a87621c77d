// Shows how far something long has come, without a press: [data-looks-again]. Only what is told is exchanged, so that
// a button keeps its place and the focus on it. Looking is the page's own doing and keeps no record open; without
// this script the page loads itself again.

const EVERY_MS = 3000

async function look(shown, timer) {
  if (document.hidden || document.body.classList.contains('db-gone')) return
  const answer = await fetch(location.href, { headers: { 'X-Daybook': 'progress' }, credentials: 'same-origin', redirect: 'manual' }).catch(() => null)
  if (!answer) return
  if (!answer.ok) {
    // Locked meanwhile. What stands here says nothing of anyone; pressing anything leads to the page for unlocking.
    clearInterval(timer)
    return
  }
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const now = page.querySelector('[data-looks-again]')
  if (now) {
    shown.replaceChildren(...now.childNodes)
    return
  }
  clearInterval(timer)
  const main = page.getElementById('main')
  if (!main) return
  document.getElementById('main').replaceWith(main)
  const live = document.getElementById('live')
  const words = main.querySelector('[data-ended]')
  if (live && words) live.textContent = words.textContent
}

export function startLookingAgain(root = document) {
  const shown = root.querySelector('[data-looks-again]')
  if (!shown) return
  let under = null
  const timer = setInterval(() => {
    under ??= look(shown, timer).catch(() => {}).finally(() => { under = null })
  }, EVERY_MS)
}
