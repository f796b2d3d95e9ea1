// A client as a caller would write it: compiles only while the generated types say what the API answers.
import createClient from 'openapi-fetch'
import type { paths } from './build/openapi.js'

const client = createClient<paths>({ baseUrl: 'http://127.0.0.1:8080/api/v1' })

export async function titlesOnFirstBoard(): Promise<string[]> {
  const workspaces = await client.GET('/workspaces')
  const workspace = workspaces.data?.[0]
  if (!workspace) return []

  const boards = await client.GET('/workspaces/{id}/boards', { params: { path: { id: workspace.id } } })
  const board = boards.data?.[0]
  if (!board) return []

  const open = await client.POST('/boards/{id}/open', { params: { path: { id: board.id } } })
  return open.data && 'cards' in open.data ? open.data.cards.map((card) => card.title) : []
}

export async function complete(id: string): Promise<boolean> {
  const { data, error } = await client.PATCH('/cards/{id}/completion', { params: { path: { id } }, body: { completed: true } })
  if (error) throw new Error(error.code)
  return data.completedAt !== null
}
