// Builds everything the pages and the PDF maker load into src/daybook/site/static/built.
//
// Nothing is bundled: the styles are one Sass sheet, the scripts are plain modules copied as they
// are, and the fonts are files out of the packages named in package-lock.json. The folder is made
// beside its final place and swapped in at the end, so a stopped build leaves the last good one.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

import * as sass from 'sass'

import { pdfFonts, webFonts } from './fonts.js'

const here = dirname(fileURLToPath(import.meta.url))
const modules = join(here, 'node_modules')
const built = resolve(here, '../src/daybook/site/static/built')
const fresh = `${built}.new-${process.pid}`

/** The GOV.UK Frontend components whose scripts js/daybook.js starts. */
const startedComponents = ['button', 'error-summary', 'notification-banner', 'password-input', 'skip-link']

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}

function buildStyles() {
  for (const sheet of ['daybook', 'print', 'paper']) {
    const compiled = sass.compile(join(here, 'scss', `${sheet}.scss`), {
      loadPaths: [here],
      style: 'compressed',
      quietDeps: true
    })
    // The one rule of the MoJ timeline that asks for a picture; no page of ours uses it.
    const css = compiled.css.replace(/\.moj-timeline__document-link\{[^}]*\}/g, '')
    // Nothing that looks like government, nothing from another origin, no file we do not serve.
    const unwanted = css.match(/GDS Transport|crest|crown|@import|url\((?!["']?fonts\/)[^)]*/)
    if (unwanted) throw new Error(`${sheet}.css holds “${unwanted[0]}”, which must not reach a page`)
    writeFileSync(join(fresh, `${sheet}.css`), css)
  }
}

/** Copies one GOV.UK Frontend module and everything it imports, without comments and source-map lines. */
function copyModule(path, seen) {
  if (seen.has(path)) return
  seen.add(path)
  const root = join(modules, 'govuk-frontend/dist/govuk')
  const text = readFileSync(path, 'utf8')
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '')
    .replace(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, '')
  const target = join(fresh, 'js/govuk', relative(root, path).replace(/\.mjs$/, '.js'))
  mkdirSync(dirname(target), { recursive: true })
  // .js and not .mjs: some servers and older Python mime tables do not know .mjs, and a module
  // served as plain text is refused by the browser.
  writeFileSync(target, text.replace(/(from '[^']+)\.mjs'/g, "$1.js'"))
  for (const [, imported] of text.matchAll(/from '([^']+)'/g)) copyModule(resolve(dirname(path), imported), seen)
}

function buildScripts() {
  for (const name of readdirSync(join(here, 'js'))) copy(join(here, 'js', name), join(fresh, 'js', name))
  const seen = new Set()
  for (const name of startedComponents) {
    copyModule(join(modules, 'govuk-frontend/dist/govuk/components', name, `${name}.mjs`), seen)
  }
}

/** The upload protocol's own client, a script for any loader, made a module that our pages can import. */
function buildTus() {
  const text = readFileSync(join(modules, 'tus-js-client/dist/tus.min.js'), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/gm, '')
  // The content policy of our pages would stop a script that makes others out of text.
  if (/sessionStorage|indexedDB|document\.cookie|window\.localStorage/.test(text)) throw new Error('tus-js-client stores something')
  if (/\beval\(|new Function\(/.test(text)) throw new Error('tus-js-client makes code out of text')
  writeFileSync(
    join(fresh, 'js/tus.js'),
    // Without a storage of the browser in its sight: where it finds one, it tries it out as soon as it is loaded.
    `const localStorage = undefined\nconst module = { exports: {} }\nconst exports = module.exports\n${text}\nexport const { Upload } = module.exports\n`
  )
  copy(join(modules, 'tus-js-client/LICENSE'), join(fresh, 'js/tus.LICENSE.txt'))
}

function buildFonts() {
  for (const from of webFonts) copy(join(modules, from), join(fresh, 'fonts', basename(from)))
  for (const { file } of pdfFonts) copy(join(modules, file), join(fresh, 'fonts/pdf', basename(file)))
  // The Open Font Licence asks that its text goes wherever the fonts go.
  for (const folder of new Set([...webFonts, ...pdfFonts.map(({ file }) => file)].map((file) => file.split('/', 2).join('/')))) {
    const licence = ['LICENSE_FONT', 'LICENSE'].map((name) => join(modules, folder, name)).find(existsSync)
    copy(licence, join(fresh, 'fonts/licences', `${basename(folder)}.txt`))
  }
  // The PDF maker must know which characters have no glyph before it sets a page: PDF/A refuses them.
  const python = [process.env.DAYBOOK_PYTHON, resolve(here, '../.venv/bin/python'), 'python3'].find(
    (candidate) => candidate && (candidate === 'python3' || existsSync(candidate))
  )
  const order = JSON.stringify(pdfFonts.map(({ file, family }) => ({ file: basename(file), family })))
  execFileSync(python, [join(here, 'coverage.py'), join(fresh, 'fonts/pdf')], { input: order, stdio: ['pipe', 'inherit', 'inherit'] })
}

function buildIcons() {
  for (const name of readdirSync(join(here, 'icons'))) copy(join(here, 'icons', name), join(fresh, name))
}

/** Writes .gz and .br beside each text file, so the server never compresses: what it sends is decided here. */
function compressTexts(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name)
    if (!entry.isFile() || !/\.(css|js|svg)$/.test(entry.name)) continue
    const text = readFileSync(path)
    writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }))
    writeFileSync(`${path}.br`, brotliCompressSync(text))
  }
}

/** One digest over everything the build reads; `built/.stamp` holds it, so set-up can skip an unchanged build. */
function inputsDigest() {
  const digest = createHash('sha256')
  const visit = (path) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name))
    else digest.update(`${relative(here, path)}\n`).update(readFileSync(path))
  }
  for (const name of ['build.js', 'coverage.py', 'fonts.js', 'icons', 'js', 'package-lock.json', 'scss']) visit(join(here, name))
  return digest.digest('hex')
}

rmSync(fresh, { recursive: true, force: true })
mkdirSync(fresh, { recursive: true })
try {
  buildStyles()
  buildScripts()
  buildTus()
  buildFonts()
  buildIcons()
  compressTexts(fresh)
  writeFileSync(join(fresh, '.stamp'), `${inputsDigest()}\n`)
  rmSync(built, { recursive: true, force: true })
  renameSync(fresh, built)
} finally {
  rmSync(fresh, { recursive: true, force: true })
}
