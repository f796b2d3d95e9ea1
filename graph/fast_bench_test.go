package graph

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"kanera.dev/domain"
)

// boardSelection is what a view of a board shows of its cards.
const boardSelection = `{ cards(first: 400) { nodes { id key title position completedAt dueDate { date slot timeZone overdue } labels { id name color }
	assignees { id displayName avatarUrl } customFieldValues { field { id name type } ... on TextFieldValue { text } ... on NumberFieldValue { number }
		... on CheckboxFieldValue { checked } ... on SelectFieldValue { options { id label color } } ... on DateFieldValue { date } } } } }`

// shelf is a store that holds what hangs on some cards, and answers from memory.
type shelf struct {
	domain.Store // for whatever is never asked here
	cards        []*domain.Card
	labels       map[string]*domain.Label
	users        map[string]*domain.User
	fields       map[string]*domain.CustomField
	options      map[string]*domain.CustomFieldOption
}

func (s *shelf) Labels(context.Context, []string) (map[string]*domain.Label, error) {
	return s.labels, nil
}
func (s *shelf) Users(context.Context, []string) (map[string]*domain.User, error) {
	return s.users, nil
}
func (s *shelf) CustomFields(context.Context, []string) (map[string]*domain.CustomField, error) {
	return s.fields, nil
}
func (s *shelf) Options(context.Context, []string) (map[string]*domain.CustomFieldOption, error) {
	return s.options, nil
}
func (s *shelf) LabelIDsOf(context.Context, []string) (map[string][]string, error) {
	return byCard(s.cards, func(p *domain.CardParts) []string { return p.LabelIDs }), nil
}
func (s *shelf) AssigneeIDsOf(context.Context, []string) (map[string][]string, error) {
	return byCard(s.cards, func(p *domain.CardParts) []string { return p.AssigneeIDs }), nil
}
func (s *shelf) FieldValuesOf(context.Context, []string) (map[string][]*domain.FieldValue, error) {
	return byCard(s.cards, func(p *domain.CardParts) []*domain.FieldValue { return p.Values }), nil
}

// byCard picks a part of each card, by card.
func byCard[T any](cards []*domain.Card, pick func(*domain.CardParts) T) map[string]T {
	parts := make(map[string]T, len(cards))
	for _, card := range cards {
		parts[card.ID] = pick(card.Parts)
	}
	return parts
}

// stocked returns a shelf of cards with two labels, two people and five values each.
func stocked(cards int) *shelf {
	s := &shelf{labels: map[string]*domain.Label{}, users: map[string]*domain.User{}, fields: map[string]*domain.CustomField{}, options: map[string]*domain.CustomFieldOption{}}
	at, color, url := time.Date(2026, 3, 4, 5, 6, 7, 89e6, time.UTC), domain.ColorAmber, "https://example.test/a.png"
	var labels, users, fields, options []string
	for i := range 12 {
		id := domain.NewID()
		labels, s.labels[id] = append(labels, id), &domain.Label{ID: id, Name: fmt.Sprintf("Label %d", i), Color: &color}
		id = domain.NewID()
		users, s.users[id] = append(users, id), &domain.User{ID: id, DisplayName: fmt.Sprintf("Person %d", i), AvatarURL: &url}
		id = domain.NewID()
		options, s.options[id] = append(options, id), &domain.CustomFieldOption{ID: id, Label: fmt.Sprintf("Option %d", i), Color: &color}
	}
	types := []domain.CustomFieldType{domain.FieldText, domain.FieldNumber, domain.FieldCheckbox, domain.FieldSelect, domain.FieldDate}
	for i, kind := range types {
		id := domain.NewID()
		fields, s.fields[id] = append(fields, id), &domain.CustomField{ID: id, Name: fmt.Sprintf("Field %d", i), Type: kind}
	}
	text, number, checked, day := "Two sentences about the card. Nothing to escape.", domain.Decimal("12.5"), true, "2026-05-06"
	for i := range cards {
		card := &domain.Card{ID: domain.NewID(), KeyPrefix: "ACME", Number: i, Title: fmt.Sprintf("Card %d with a title of usual length", i),
			Position: domain.PositionAt(i), CompletedAt: &at, DueDay: &day, CreatedAt: at, UpdatedAt: at}
		card.Parts = &domain.CardParts{LabelIDs: []string{labels[i%12], labels[(i+5)%12]}, AssigneeIDs: []string{users[i%12], users[(i+7)%12]}}
		for n, kind := range types {
			value := &domain.FieldValue{CardID: card.ID, FieldID: fields[n], Type: kind, UpdatedAt: at}
			switch kind {
			case domain.FieldNumber:
				value.Number = &number
			case domain.FieldCheckbox:
				value.Checkbox = &checked
			case domain.FieldSelect:
				value.OptionIDs = domain.IDs{options[i%12]}
			case domain.FieldDate:
				value.Date = &day
			default:
				value.Text = &text
			}
			card.Parts.Values = append(card.Parts.Values, value)
		}
		s.cards = append(s.cards, card)
	}
	return s
}

// desk runs the fast way on cards at hand.
type desk struct {
	executor  *Executor
	shelf     *shelf
	operation *graphql.OperationContext
	nodes     *ast.Field
}

func newDesk(tb testing.TB, cards int) *desk {
	tb.Helper()
	d := &desk{shelf: stocked(cards)}
	d.executor = NewExecutor(&domain.Service{Store: d.shelf, Now: time.Now}, slog.New(slog.DiscardHandler))
	document, errs := gqlparser.LoadQueryWithRules(d.executor.schema, boardSelection, nil)
	if len(errs) > 0 {
		tb.Fatal(errs)
	}
	d.operation = &graphql.OperationContext{Doc: document, Operation: document.Operations[0]}
	cardsField, _ := document.Operations[0].SelectionSet[0].(*ast.Field)
	d.nodes, _ = cardsField.SelectionSet[0].(*ast.Field)
	return d
}

// context is what an operation of its own finds.
func (d *desk) context(ctx context.Context) context.Context {
	return withLoaders(graphql.WithOperationContext(ctx, d.operation), newLoaders(d.executor.service, 0, unwatched{}))
}

// BenchmarkFast measures the fast way on the 400 cards of a board: planning, loading from memory, and writing.
func BenchmarkFast(b *testing.B) {
	d := newDesk(b, 400)
	page := &CardConnection{page: domain.PageOf[*domain.Card]{Nodes: d.shelf.cards}}
	p := planner{d.operation, d.executor.prices}
	root, ok := p.step(kindCardConnection, graphql.CollectedField{Field: d.nodes, Selections: d.nodes.SelectionSet}, '{')
	if !ok {
		b.Fatal("no plan")
	}
	load := func() *level {
		ctx := d.context(b.Context())
		l := &level{steps: []step{root}, parents: []any{page}}
		run := &fastRun{ec: newExecutionContext(d.operation, d.executor.generated, nil), loaders: loadersOf(ctx)}
		if !run.load(ctx, l) {
			b.Fatal("not loaded")
		}
		return l
	}
	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		size := 0
		for b.Loop() {
			out, ok := load().write(buffer(size), 0)
			if !ok {
				b.Fatal("not written")
			}
			size = len(out)
			b.SetBytes(int64(size))
			d.executor.Recycle(&graphql.Response{Data: out})
		}
	})
	b.Run("write", func(b *testing.B) {
		l := load()
		out, _ := l.write(nil, 0)
		b.ReportAllocs()
		for b.Loop() {
			l.write(out[:0], 0)
		}
	})
}
