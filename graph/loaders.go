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

// batchWait is how long a loader gathers keys before it asks the store once for all of them.
const batchWait = time.Millisecond

// loaders turn the rows that the objects of one operation ask for, one by one, into one statement for each relation.
// They live as long as the operation; every root field of a mutation gets its own, so that none sees rows from
// before the change.
type loaders struct {
	who *domain.Principal

	organisation *one[*domain.Organisation]
	user         *one[*domain.User]
	workspace    *one[*domain.Workspace]
	board        *one[*domain.Board]
	list         *one[*domain.List]
	label        *one[*domain.Label]
	field        *one[*domain.CustomField]
	option       *one[*domain.CustomFieldOption]

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

	workspaceMembers pages[string, *domain.WorkspaceMember]
	workspaceBoards  pages[string, *domain.Board]
	boardMembers     pages[string, *domain.BoardMember]
	boardActivity    pages[string, *domain.Activity]
	cardActivity     pages[string, *domain.Activity]
	cards            pages[domain.CardParent, *domain.Card]
}

func newLoaders(store domain.Store, who *domain.Principal) *loaders {
	forViewer := func(ask func(context.Context, *domain.Principal, []string) (map[string]bool, error)) *one[bool] {
		return byID(func(ctx context.Context, ids []string) (map[string]bool, error) { return ask(ctx, who, ids) })
	}
	return &loaders{
		who:          who,
		organisation: byID(store.Organisations),
		user:         byID(store.Users),
		workspace:    byID(store.Workspaces),
		board:        byID(store.Boards),
		list:         byID(store.Lists),
		label:        byID(store.Labels),
		field:        byID(store.CustomFields),
		option:       byID(store.Options),
		acquainted:   forViewer(store.SharedUsers),
		workspaceRole: byID(func(ctx context.Context, ids []string) (map[string]domain.WorkspaceRole, error) {
			return store.WorkspaceRoles(ctx, who, ids)
		}),
		boardAccess: byID(func(ctx context.Context, ids []string) (map[string]*domain.BoardAccess, error) {
			return store.BoardAccesses(ctx, who, ids)
		}),
		boardsOf: byID(func(ctx context.Context, ids []string) (map[string][]*domain.Board, error) {
			pages, err := store.WorkspaceBoardsOf(ctx, ids, domain.Page{ByRow: true, All: true})
			boards := make(map[string][]*domain.Board, len(pages))
			for id, page := range pages {
				boards[id] = page.Nodes
			}
			return boards, err
		}),
		listsOf:     byID(store.ListsOf),
		labelsOf:    byID(store.LabelsOf),
		fieldsOf:    byID(store.CustomFieldsOf),
		optionsOf:   byID(store.OptionsOf),
		prefixesOf:  byID(store.KeyPrefixesOf),
		labelIDsOf:  byID(store.LabelIDsOf),
		assigneesOf: byID(store.AssigneeIDsOf),
		valuesOf:    byID(store.FieldValuesOf),
	}
}

type loadersKey struct{}

func withLoaders(ctx context.Context, l *loaders) context.Context {
	return context.WithValue(ctx, loadersKey{}, l)
}

func loadersOf(ctx context.Context) *loaders { return ctx.Value(loadersKey{}).(*loaders) }

// one loads one thing for one id. A thing that does not exist is the zero value.
type one[T any] = dataloadgen.Loader[string, T]

func byID[T any](fetch func(context.Context, []string) (map[string]T, error)) *one[T] {
	return by(fetch)
}

func by[K comparable, T any](fetch func(context.Context, []K) (map[K]T, error)) *dataloadgen.Loader[K, T] {
	return dataloadgen.NewLoader(func(ctx context.Context, keys []K) ([]T, []error) {
		found, err := fetch(ctx, keys)
		if err != nil {
			return nil, []error{err}
		}
		things := make([]T, len(keys))
		for i, key := range keys {
			things[i] = found[key]
		}
		return things, nil
	}, dataloadgen.WithWait(batchWait))
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
type pages[P comparable, T any] struct {
	mu     sync.Mutex
	page   map[*ast.Field]*dataloadgen.Loader[P, domain.PageOf[T]]
	totals map[*ast.Field]*dataloadgen.Loader[P, int]
}

// query says how to read the pages and totals of a connection.
type query[P comparable, T any] struct {
	page  func(context.Context, []P) (map[P]domain.PageOf[T], error)
	count func(context.Context, []P) (map[P]int, error)
}

func (p *pages[P, T]) load(ctx context.Context, parent P, q query[P, T]) (*Connection[T], error) {
	place := graphql.GetFieldContext(ctx).Field.Field
	page, total := p.at(place, q)
	rows, err := page.Load(ctx, parent)
	if err != nil {
		return nil, err
	}
	return &Connection[T]{page: rows, count: func(ctx context.Context) (int, error) { return total.Load(ctx, parent) }}, nil
}

func (p *pages[P, T]) at(place *ast.Field, q query[P, T]) (*dataloadgen.Loader[P, domain.PageOf[T]], *dataloadgen.Loader[P, int]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.page == nil {
		p.page = map[*ast.Field]*dataloadgen.Loader[P, domain.PageOf[T]]{}
		p.totals = map[*ast.Field]*dataloadgen.Loader[P, int]{}
	}
	if p.page[place] == nil {
		p.page[place], p.totals[place] = by(q.page), by(q.count)
	}
	return p.page[place], p.totals[place]
}
