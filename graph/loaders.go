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
	store domain.Store
	wait  time.Duration // how long a loader gathers keys before it asks the store once for all of them
	watch Watch         // hears of every batch

	organisation *one[*domain.Organisation]
	user         *one[*domain.User]
	workspace    *one[*domain.Workspace]
	board        *one[*domain.Board]
	list         *one[*domain.List]
	label        *one[*domain.Label]
	field        *one[*domain.CustomField]
	option       *one[*domain.CustomFieldOption]
	webhook      *one[*domain.Webhook]
	apiKey       *one[*domain.APIKey]
	event        *one[*domain.Event]
	visibleCard  *one[*domain.Card] // nil when the viewer cannot see the card

	acquainted    *one[bool]                 // whether the viewer shares an organisation or a board with a person
	workspaceRole *one[domain.WorkspaceRole] // empty without one
	boardAccess   *one[*domain.BoardAccess]  // nil when the viewer cannot open the board

	boardsOf    *one[[]*domain.Board] // all of a workspace
	listsOf     *one[[]*domain.List]
	labelsOf    *one[[]*domain.Label]
	fieldsOf    *one[[]*domain.CustomField]
	optionsOf   *one[[]*domain.CustomFieldOption]
	prefixesOf  *one[[]string]
	labelIDsOf  *one[[]string]
	assigneesOf *one[[]string]
	valuesOf    *one[[]*domain.FieldValue]
	attemptsOf  *one[[]*domain.Attempt]

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

func newLoaders(store domain.Store, who *domain.Principal, wait time.Duration, watch Watch) *loaders {
	forViewer := func(ask func(context.Context, *domain.Principal, []string) (map[string]bool, error)) *one[bool] {
		return byID(wait, func(ctx context.Context, ids []string) (map[string]bool, error) { return ask(ctx, who, ids) })
	}
	return &loaders{
		store:        store,
		wait:         wait,
		watch:        watch,
		organisation: byID(wait, store.Organisations),
		user:         byID(wait, store.Users),
		workspace:    byID(wait, store.Workspaces),
		board:        byID(wait, store.Boards),
		list:         byID(wait, store.Lists),
		label:        byID(wait, store.Labels),
		field:        byID(wait, store.CustomFields),
		option:       byID(wait, store.Options),
		webhook:      byID(wait, store.Webhooks),
		apiKey:       byID(wait, store.APIKeysByID),
		event:        byID(wait, store.Events),
		visibleCard: byID(wait, func(ctx context.Context, ids []string) (map[string]*domain.Card, error) {
			return visibleCards(ctx, store, who, ids)
		}),
		acquainted: forViewer(store.SharedUsers),
		workspaceRole: byID(wait, func(ctx context.Context, ids []string) (map[string]domain.WorkspaceRole, error) {
			return store.WorkspaceRoles(ctx, who, ids)
		}),
		boardAccess: byID(wait, func(ctx context.Context, ids []string) (map[string]*domain.BoardAccess, error) {
			return store.BoardAccesses(ctx, who, ids)
		}),
		boardsOf: byID(wait, func(ctx context.Context, ids []string) (map[string][]*domain.Board, error) {
			pages, err := store.WorkspaceBoardsOf(ctx, ids, domain.Page{ByRow: true, All: true})
			boards := make(map[string][]*domain.Board, len(pages))
			for id, page := range pages {
				boards[id] = page.Nodes
			}
			return boards, err
		}),
		listsOf:     byID(wait, store.ListsOf),
		labelsOf:    byID(wait, store.LabelsOf),
		fieldsOf:    byID(wait, store.CustomFieldsOf),
		optionsOf:   byID(wait, store.OptionsOf),
		prefixesOf:  byID(wait, store.KeyPrefixesOf),
		labelIDsOf:  byID(wait, store.LabelIDsOf),
		assigneesOf: byID(wait, store.AssigneeIDsOf),
		valuesOf:    byID(wait, store.FieldValuesOf),
		attemptsOf:  byID(wait, store.AttemptsOf),
	}
}

type loadersKey struct{}

func withLoaders(ctx context.Context, l *loaders) context.Context {
	return context.WithValue(ctx, loadersKey{}, l)
}

func loadersOf(ctx context.Context) *loaders {
	l, _ := ctx.Value(loadersKey{}).(*loaders) // every operation has them
	return l
}

// one loads one thing for one id. A thing that does not exist is the zero value.
type one[T any] struct {
	*dataloadgen.Loader[string, T]
	fetch func(context.Context, []string) (map[string]T, error)

	mu    sync.Mutex
	known map[string]T // what now has loaded
}

func byID[T any](wait time.Duration, fetch func(context.Context, []string) (map[string]T, error)) *one[T] {
	return &one[T]{Loader: by(wait, fetch), fetch: fetch, known: map[string]T{}}
}

// now loads the things of many ids at once, for somebody who knows all of them: it does not wait for others to ask, and
// whoever asks later finds them loaded.
func (o *one[T]) now(ctx context.Context, ids []string) ([]T, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	asked := map[string]bool{}
	var missing []string
	for _, id := range ids {
		if _, known := o.known[id]; !known && !asked[id] {
			asked[id] = true
			missing = append(missing, id)
		}
	}
	if len(missing) > 0 {
		loadersOf(ctx).watch.Batch(len(missing))
		found, err := o.fetch(ctx, missing)
		if err != nil {
			return nil, err
		}
		for _, id := range missing {
			o.known[id] = found[id]
			o.Prime(id, found[id])
		}
	}
	things := make([]T, len(ids))
	for i, id := range ids {
		things[i] = o.known[id]
	}
	return things, nil
}

func by[K comparable, T any](wait time.Duration, fetch func(context.Context, []K) (map[K]T, error)) *dataloadgen.Loader[K, T] {
	return dataloadgen.NewLoader(func(ctx context.Context, keys []K) ([]T, []error) {
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
}

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
	page  *dataloadgen.Loader[P, T]
	total *dataloadgen.Loader[P, C]
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
		p.at[field] = &place[P, T, C]{page: by(wait, q.page), total: by(wait, q.count), err: err}
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
