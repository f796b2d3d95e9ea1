// Fetches the browser bundles named in integrity.json from npm into assets/, where the gateway embeds them.
//
//   node assets.mjs           fetch what is missing and refuse bytes that differ from integrity.json
//   node assets.mjs --update  after changing a version there: fetch all and write the new hashes down
//
// The files are taken from the packages unmodified, so the hashes also hold for the CDN the pages fall back to.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const list = join(import.meta.dirname, 'integrity.json')
const assets = join(import.meta.dirname, 'assets')
const bundles = JSON.parse(readFileSync(list, 'utf8'))
const update = process.argv.includes('--update')

const hash = (bytes) => 'sha384-' + createHash('sha384').update(bytes).digest('base64')

const current = (name) =>
  existsSync(join(assets, name)) && hash(readFileSync(join(assets, name))) === bundles[name].integrity

// unpack returns the bytes of one file of a published package.
function unpack(folder, { package: name, version, path }) {
  const out = execFileSync('npm', ['pack', `${name}@${version}`, '--json', '--silent'], {
    cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'],
  })
  const archive = join(folder, JSON.parse(out)[0].filename)
  return execFileSync('tar', ['-xzOf', archive, `package/${path}`], { maxBuffer: 64 << 20 })
}

const folder = mkdtempSync(join(tmpdir(), 'kanera-assets-'))
try {
  for (const [name, bundle] of Object.entries(bundles)) {
    if (!update && current(name)) continue
    const bytes = unpack(folder, bundle)
    if (update) bundle.integrity = hash(bytes)
    if (hash(bytes) !== bundle.integrity) throw new Error(`${name}: not the bytes integrity.json promises`)
    writeFileSync(join(assets, name), bytes)
    console.log(`${name}: ${bundle.package} ${bundle.version}, ${Math.round(bytes.length / 1024)} KiB`)
  }
  if (update) writeFileSync(list, JSON.stringify(bundles, null, 2) + '\n')
} finally {
  rmSync(folder, { recursive: true })
}
