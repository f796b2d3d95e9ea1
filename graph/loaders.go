package graph

import (
	"context"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vikstrous/dataloadgen"

	"kanera.dev/domain"
)

// loaders turn the rows that the objects of one operation ask for, one by one, into one statement for each relation.
// They live as long as the operation; every root field of a mutation gets its own, so that none sees rows from
// before the change.
type loaders struct {
	service *domain.Service
	wait    time.Duration // how long a loader gathers keys before it asks the store once for all of them
	watch   Watch         // hears of every batch

	organisation one[*domain.Organisation]
	user         one[*domain.User]
	workspace    one[*domain.Workspace]
	board        one[*domain.Board]
	list         one[*domain.List]
	label        one[*domain.Label]
	field        one[*domain.CustomField]
	option       one[*domain.CustomFieldOption]
	webhook      one[*domain.Webhook]
	apiKey       one[*domain.APIKey]
	event        one[*domain.Event]
	visibleCard  one[*domain.Card] // nil when the viewer cannot see the card

	acquainted    one[bool]                 // whether the viewer shares an organisation or a board with a person
	workspaceRole one[domain.WorkspaceRole] // empty without one
	boardAccess   one[*domain.BoardAccess]  // nil when the viewer cannot open the board

	boardsOf    one[[]*domain.Board] // all of a workspace
	listsOf     one[[]*domain.List]
	labelsOf    one[[]*domain.Label]
	fieldsOf    one[[]*domain.CustomField]
	optionsOf   one[[]*domain.CustomFieldOption]
	prefixesOf  one[[]string]
	labelIDsOf  one[[]string]
	assigneesOf one[[]string]
	valuesOf    one[[]*domain.FieldValue]
	attemptsOf  one[[]*domain.Attempt]

	workspaceMembers pages[string, *domain.WorkspaceMember]
	workspaceBoards  pages[string, *domain.Board]
	boardMembers     pages[string, *domain.BoardMember]
	boardActivity    pages[string, *domain.Activity]
	cardActivity     pages[string, *domain.Activity]
	webhooks         pages[string, *domain.Webhook]
	deliveries       pages[string, *domain.Delivery]
	cards            pages[domain.CardParent, *domain.Card]
	columns          places[column, map[string]domain.PageOf[*domain.Card], map[string]int] // by list
}

func newLoaders(service *domain.Service, wait time.Duration, watch Watch) *loaders {
	l := &loaders{service: service, wait: wait, watch: watch}
	l.organisation.ask = domain.Store.Organisations
	l.user.ask = domain.Store.Users
	l.workspace.ask = domain.Store.Workspaces
	l.board.ask = domain.Store.Boards
	l.list.ask = domain.Store.Lists
	l.label.ask = domain.Store.Labels
	l.field.ask = domain.Store.CustomFields
	l.option.ask = domain.Store.Options
	l.webhook.ask = domain.Store.Webhooks
	l.apiKey.ask = domain.Store.APIKeysByID
	l.event.ask = domain.Store.Events
	l.visibleCard.ask = forViewer(func(store domain.Store, ctx context.Context, who *domain.Principal, ids []string) (map[string]*domain.Card, error) {
		return visibleCards(ctx, store, who, ids)
	})
	l.acquainted.ask = forViewer(domain.Store.SharedUsers)
	l.workspaceRole.ask = forViewer(domain.Store.WorkspaceRoles)
	l.boardAccess.ask = forViewer(domain.Store.BoardAccesses)
	l.boardsOf.ask = func(store domain.Store, ctx context.Context, ids []string) (map[string][]*domain.Board, error) {
		return allBoardsOf(ctx, store, ids)
	}
	l.listsOf.ask = domain.Store.ListsOf
	l.labelsOf.ask = domain.Store.LabelsOf
	l.fieldsOf.ask = domain.Store.CustomFieldsOf
	l.optionsOf.ask = domain.Store.OptionsOf
	l.prefixesOf.ask = domain.Store.KeyPrefixesOf
	l.labelIDsOf.ask = domain.Store.LabelIDsOf
	l.assigneesOf.ask = domain.Store.AssigneeIDsOf
	l.valuesOf.ask = domain.Store.FieldValuesOf
	l.attemptsOf.ask = domain.Store.AttemptsOf
	return l
}

// ask reads things by id, as methods of a store do.
type ask[T any] func(store domain.Store, ctx context.Context, ids []string) (map[string]T, error)

// forViewer asks for what depends on who runs the operation.
func forViewer[T any](ask func(domain.Store, context.Context, *domain.Principal, []string) (map[string]T, error)) ask[T] {
	return func(store domain.Store, ctx context.Context, ids []string) (map[string]T, error) {
		return ask(store, ctx, domain.PrincipalFrom(ctx), ids)
	}
}

// allBoardsOf returns every board of workspaces.
func allBoardsOf(ctx context.Context, store domain.Store, ids []string) (map[string][]*domain.Board, error) {
	pages, err := store.WorkspaceBoardsOf(ctx, ids, domain.Page{ByRow: true, All: true})
	boards := make(map[string][]*domain.Board, len(pages))
	for id, page := range pages {
		boards[id] = page.Nodes
	}
	return boards, err
}

type loadersKey struct{}

func withLoaders(ctx context.Context, l *loaders) context.Context {
	return context.WithValue(ctx, loadersKey{}, l)
}

func loadersOf(ctx context.Context) *loaders {
	l, _ := ctx.Value(loadersKey{}).(*loaders) // every operation has them
	return l
}

// one loads one thing for one id, once. A thing that does not exist is the zero value.
type one[T any] struct {
	gathering[string, T]

	ask   ask[T]
	mu    sync.Mutex
	known map[string]T // what was loaded, or learned
}

// Load loads the thing of one id, with those that others ask for in the same while.
func (o *one[T]) Load(ctx context.Context, id string) (T, error) {
	things, err := o.LoadAll(ctx, []string{id})
	if err != nil {
		var nothing T
		return nothing, err
	}
	return things[0], nil
}

// LoadAll loads the things of several ids, with those that others ask for in the same while.
func (o *one[T]) LoadAll(ctx context.Context, ids []string) ([]T, error) {
	if !isAlone(ctx) {
		if missing := o.missing(ids); len(missing) > 0 {
			if _, err := o.with(loadersOf(ctx).wait, o.load).LoadAll(ctx, missing); err != nil {
				return nil, err
			}
		}
	}
	return o.now(ctx, ids)
}

// load asks the store, and learns what it said.
func (o *one[T]) load(ctx context.Context, ids []string) (map[string]T, error) {
	found, err := o.ask(loadersOf(ctx).service.Store, ctx, ids)
	if err == nil {
		o.learn(ids, found)
	}
	return found, err
}

// now loads the things of many ids at once, for somebody who knows all of them: it does not wait for others to ask, and
// whoever asks later finds them loaded.
func (o *one[T]) now(ctx context.Context, ids []string) ([]T, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	things := make([]T, len(ids))
	if o.find(ids, things) {
		return things, nil
	}
	missing, l := o.unknown(ids), loadersOf(ctx)
	l.watch.Batch(len(missing))
	found, err := o.ask(l.service.Store, ctx, missing)
	if err != nil {
		return nil, err
	}
	o.keep(missing, found)
	o.find(ids, things)
	return things, nil
}

// find looks up the things of ids, and reports whether all are known. The same id often comes several times in a row.
func (o *one[T]) find(ids []string, things []T) (all bool) {
	for i, id := range ids {
		if i > 0 && id == ids[i-1] {
			things[i] = things[i-1]
			continue
		}
		var known bool
		if things[i], known = o.known[id]; !known {
			return false
		}
	}
	return true
}

// has reports whether the thing of an id is known.
func (o *one[T]) has(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, known := o.known[id]
	return known
}

// missing returns those of the ids whose things are not known yet, each once.
func (o *one[T]) missing(ids []string) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.unknown(ids)
}

// learn is told what was found for ids, so that nobody has to ask for them.
func (o *one[T]) learn(ids []string, found map[string]T) {
	if len(ids) == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.keep(ids, found)
}

// know is learn for one thing.
func (o *one[T]) know(id string, thing T) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.known == nil {
		o.known = map[string]T{}
	}
	o.known[id] = thing
}

func (o *one[T]) unknown(ids []string) (missing []string) {
	var seen map[string]bool
	for _, id := range ids {
		if _, known := o.known[id]; known || seen[id] {
			continue
		}
		missing = append(missing, id)
		if len(ids) > 1 {
			seen = noted(seen, id)
		}
	}
	return missing
}

func (o *one[T]) keep(ids []string, found map[string]T) {
	if o.known == nil {
		o.known = make(map[string]T, len(ids))
	}
	for _, id := range ids {
		o.known[id] = found[id]
	}
}

func noted(seen map[string]bool, id string) map[string]bool {
	if seen == nil {
		seen = map[string]bool{}
	}
	seen[id] = true
	return seen
}

// gathering brings together what several ask for in the same while. Its loader is made when somebody asks: most
// operations ask for little.
type gathering[K comparable, T any] struct {
	begin  sync.Once
	loader *dataloadgen.Loader[K, T]
}

// with returns the loader, which waits that long before it fetches.
func (g *gathering[K, T]) with(wait time.Duration, fetch func(context.Context, []K) (map[K]T, error)) *dataloadgen.Loader[K, T] {
	g.begin.Do(func() {
		g.loader = dataloadgen.NewLoader(func(ctx context.Context, keys []K) ([]T, []error) {
			loadersOf(ctx).watch.Batch(len(keys))
			found, err := fetch(ctx, keys)
			if err != nil {
				return nil, []error{err}
			}
			things := make([]T, len(keys))
			for i, key := range keys {
				things[i] = found[key]
			}
			return things, nil
		}, dataloadgen.WithWait(wait))
	})
	return g.loader
}

// batched loads one thing for one key, together with what others ask for in the same while.
type batched[K comparable, T any] struct {
	gathering[K, T]

	wait  time.Duration
	fetch func(context.Context, []K) (map[K]T, error)
}

// Load loads the thing of a key.
func (b *batched[K, T]) Load(ctx context.Context, key K) (T, error) {
	if !isAlone(ctx) {
		return b.with(b.wait, b.fetch).Load(ctx, key)
	}
	loadersOf(ctx).watch.Batch(1)
	found, err := b.fetch(ctx, []K{key})
	return found[key], err
}

type aloneKey struct{}

// alone says that nobody else asks for anything in the meantime, so that nothing is gained by waiting for others.
func alone(ctx context.Context) context.Context { return context.WithValue(ctx, aloneKey{}, true) }

func isAlone(ctx context.Context) bool { return ctx.Value(aloneKey{}) != nil }

// many loads the things of several ids, leaving out those that do not exist.
func many[T any](ctx context.Context, loader *one[*T], ids []string) ([]*T, error) {
	things, err := loader.LoadAll(ctx, ids)
	if err != nil {
		return nil, err
	}
	known := make([]*T, 0, len(things))
	for _, thing := range things {
		if thing != nil {
			known = append(known, thing)
		}
	}
	return known, nil
}

// pages load the pages and totals of a connection for all parents at once. Parents that ask through the same place
// of the document ask with the same arguments, so that place is the key of a batch.
type pages[P comparable, T any] = places[P, domain.PageOf[T], int]

// places load something with its count, once for each place of the document.
type places[P comparable, T, C any] struct {
	mu sync.Mutex
	at map[*ast.Field]*place[P, T, C]
}

// place is where a document asks for a connection.
type place[P comparable, T, C any] struct {
	page  batched[P, T]
	total batched[P, C]
	err   error // the arguments make no sense, for any parent
}

// query says how to read the pages and totals of a connection for many parents.
type query[P comparable, T, C any] struct {
	page  func(context.Context, []P) (map[P]T, error)
	count func(context.Context, []P) (map[P]C, error)
}

// here returns the loaders of the place that the field stands at. prepare runs once for each place.
func (p *places[P, T, C]) here(ctx context.Context, prepare func(context.Context) (query[P, T, C], error)) (*place[P, T, C], error) {
	field := graphql.GetFieldContext(ctx).Field.Field
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at == nil {
		p.at = map[*ast.Field]*place[P, T, C]{}
	}
	if p.at[field] == nil {
		q, err := prepare(ctx)
		wait := loadersOf(ctx).wait
		p.at[field] = &place[P, T, C]{page: batched[P, T]{wait: wait, fetch: q.page}, total: batched[P, C]{wait: wait, fetch: q.count}, err: err}
	}
	return p.at[field], p.at[field].err
}

// connect answers the connection of one parent.
func connect[P comparable, T any](ctx context.Context, p *pages[P, T], parent P, prepare func(context.Context) (query[P, domain.PageOf[T], int], error)) (*Connection[T], error) {
	at, err := p.here(ctx, prepare)
	if err != nil {
		return nil, err
	}
	rows, err := at.page.Load(ctx, parent)
	if err != nil {
		return nil, err
	}
	return &Connection[T]{page: rows, count: func(ctx context.Context) (int, error) { return at.total.Load(ctx, parent) }}, nil
}
