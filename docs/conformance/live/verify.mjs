// Subscribes with the published clients and changes cards over REST meanwhile. Every check that fails ends the program.
import assert from 'node:assert/strict'
import { createClient as overSSE } from 'graphql-sse'
import { createClient as overWebSocket } from 'graphql-ws'
import WebSocket from 'ws'

const address = process.argv[2]
const { KANERA_API_KEY: key, BOARD_ID: board, LIST_ID: list } = process.env
const Authorization = `Bearer ${key}`
const query = `subscription Board($board: ID!, $since: String) {
  boardEvents(boardId: $board, since: $since) { id sequence type at actor { kind name } card { id key title list { id } } data cursor }
}`

async function addCard(title) {
  const answer = await fetch(`http://${address}/api/v1/boards/${board}/lists/${list}/cards`, {
    method: 'POST', headers: { Authorization, 'Content-Type': 'application/json' }, body: JSON.stringify({ title }),
  })
  assert.equal(answer.status, 201)
}

const webSocket = (options = {}) =>
  overWebSocket({ url: `ws://${address}/graphql`, webSocketImpl: WebSocket, connectionParams: { Authorization }, retryAttempts: 0, ...options })

// take returns the first events of a subscription that are about a new card.
async function take(client, variables, count) {
  const seen = []
  for await (const { data, errors } of client.iterate({ query, variables })) {
    assert.equal(errors, undefined)
    if (data.boardEvents.type !== 'card:created') continue
    seen.push(data.boardEvents)
    if (seen.length === count) break
  }
  return seen
}

async function subscribes(name, client) {
  await addCard(`${name} 1`)
  await addCard(`${name} 2`)
  const [first, second] = await take(client, { board, since: '0' }, 2)
  assert.ok(Number(second.sequence) > Number(first.sequence))
  assert.equal(first.actor.kind, 'API_KEY')
  const resumed = take(client, { board, since: second.cursor }, 1)
  await addCard(`${name} 3`)
  let [third] = await resumed
  while (third.card.title !== `${name} 3`) [third] = await take(client, { board, since: third.cursor }, 1)
  console.log(`${name}: subscribed, and went on after event ${second.sequence}`)
}

async function carriesAll(client) {
  const once = (request) => new Promise((resolve, reject) => {
    let result
    client.subscribe(request, { next: (value) => { result = value }, error: reject, complete: () => resolve(result) })
  })
  const [viewer, made] = await Promise.all([
    once({ query: '{ viewer { credential { kind } } }' }),
    once({ query: `mutation { cardCreate(input: { boardId: "${board}", listId: "${list}", title: "Mutated" }) { card { title } } }` }),
  ])
  assert.equal(viewer.data.viewer.credential.kind, 'WORKSPACE')
  assert.equal(made.data.cardCreate.card.title, 'Mutated')
  await assert.rejects(once({ query: 'subscription { nothing }' }), (errors) => errors[0].extensions.code === 'GRAPHQL_VALIDATION_FAILED')
  console.log('graphql-ws: queries, mutations and refusals')
}

async function refusesBadKeys() {
  const client = webSocket({ connectionParams: { Authorization: 'Bearer nobody' } })
  await assert.rejects(take(client, { board }, 1), (event) => event.code === 4401)
  const nobody = overSSE({ url: `http://${address}/graphql`, retryAttempts: 0 })
  for await (const { errors } of nobody.iterate({ query, variables: { board } })) assert.equal(errors[0].extensions.code, 'UNAUTHORIZED')
  console.log('bad keys: 4401, and UNAUTHORIZED')
}

const client = webSocket({ keepAlive: 50 }) // pings of the protocol beside everything else
await subscribes('graphql-ws', client)
await carriesAll(client)
await client.dispose()
await subscribes('graphql-sse', overSSE({ url: `http://${address}/graphql`, headers: { Authorization }, retryAttempts: 0 }))
await refusesBadKeys()
console.log('== all as their clients want it')
process.exit(0)
