package storetest_test

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// allParts asks for everything that hangs on cards.
var allParts = domain.CardWith{Labels: true, Assignees: true, Values: true}

// oddValue is a text that JSON has to escape here and there.
const oddValue = "\"quoted\" \\ back, {\"f\":\"\"} tab\t line\n <ü> 日本 \u2028 🌱"

// counted reads what hangs on cards from the tables of labels, assignees and values, in the order of CardParts.
func counted(t *testing.T, store domain.Store, ids ...string) map[string]*domain.CardParts {
	t.Helper()
	labels := must[map[string][]string](t)(store.LabelIDsOf(t.Context(), ids))
	assignees := must[map[string][]string](t)(store.AssigneeIDsOf(t.Context(), ids))
	values := must[map[string][]*domain.FieldValue](t)(store.FieldValuesOf(t.Context(), ids))
	all := map[string]*domain.CardParts{}
	for _, id := range ids {
		slices.Sort(labels[id])
		slices.SortFunc(values[id], func(a, b *domain.FieldValue) int { return cmp.Compare(a.FieldID, b.FieldID) })
		all[id] = &domain.CardParts{LabelIDs: append([]string{}, labels[id]...), AssigneeIDs: append([]string{}, assignees[id]...),
			Values: append([]*domain.FieldValue{}, values[id]...)}
	}
	return all
}

// checkKept checks what every card keeps against what hangs on it.
func checkKept(t *testing.T, after string, store domain.Store) (cards []*domain.Card) {
	t.Helper()
	query := domain.CardQuery{Viewer: ada, Now: storetest.At(0), With: allParts, Page: domain.Page{ByRow: true, All: true}}
	pages := must[map[domain.CardParent]domain.PageOf[*domain.Card]](t)(store.FindCards(t.Context(), query, []domain.CardParent{{}}))
	cards = pages[domain.CardParent{}].Nodes
	ids := make([]string, len(cards))
	for i, card := range cards {
		ids[i] = card.ID
	}
	truth := counted(t, store, ids...)
	for _, card := range cards {
		check(t, after+": labels", card.Parts.LabelIDs, truth[card.ID].LabelIDs)
		check(t, after+": assignees", card.Parts.AssigneeIDs, truth[card.ID].AssigneeIDs)
		check(t, after+": number of values", len(card.Parts.Values), len(truth[card.ID].Values))
		for i, value := range card.Parts.Values {
			check(t, after+": value", *value, *truth[card.ID].Values[i])
		}
	}
	return cards
}

// gardener changes cards and what they refer to at random.
type gardener struct {
	*company
	service        *domain.Service
	random         *rand.Rand
	people, labels []string
	fields         []*domain.CustomField
	cards          []*domain.Card
}

func newGardener(t *testing.T, store *persistence.Store, seed uint64) *gardener {
	t.Helper()
	w := newCompany(t, store)
	g := &gardener{company: w, random: rand.New(rand.NewPCG(seed, 0)), people: storetest.IDs("ben", "cleo", "dan", "eve")}
	g.service = &domain.Service{Store: store, NewID: domain.NewID, Now: domain.SystemClock}
	w.List(w.side, "Side list", 0)
	w.work.LastCardNumber = len(must[map[string]bool](t)(store.VisibleCards(t.Context(), ada, storetest.IDs("First", "Second", "Third"))))
	check(t, "numbers", store.Update(t.Context(), w.work), nil)
	for i := range 6 {
		g.labels = append(g.labels, w.Label(w.work, "Label "+strconv.Itoa(i), i).ID)
	}
	for i, kind := range []domain.CustomFieldType{domain.FieldText, domain.FieldNumber, domain.FieldCheckbox, domain.FieldDate,
		domain.FieldURL, domain.FieldSelect, domain.FieldUser} {
		g.fields = append(g.fields, w.Field(w.work, "Field "+strconv.Itoa(i), kind, i))
	}
	g.cards = []*domain.Card{w.first, w.second, w.third}
	return g
}

func pick[T any](g *gardener, from []T) T { return from[g.random.IntN(len(from))] }

// some returns a few of the ids in any order.
func (g *gardener) some(ids []string) []string {
	ids = slices.Clone(ids)
	g.random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return ids[:g.random.IntN(min(4, len(ids)+1))]
}

// value is a random value of a field on a card, at times an empty one.
func (g *gardener) value(card *domain.Card, field *domain.CustomField) *domain.FieldValue {
	v := &domain.FieldValue{CardID: card.ID, FieldID: field.ID, UpdatedAt: storetest.At(g.random.IntN(1000))}
	if g.random.IntN(5) == 0 {
		return v
	}
	switch field.Type {
	case domain.FieldNumber:
		v.Number = new(pick(g, []domain.Decimal{"0", "-1.5", "12345678901234567890.000000000000000001"}))
	case domain.FieldCheckbox:
		v.Checkbox = new(g.random.IntN(2) == 0)
	case domain.FieldDate:
		v.Date = new("2030-02-0" + strconv.Itoa(g.random.IntN(9)+1))
	case domain.FieldURL:
		v.URL = new("https://kanera.example/?q=\"" + strconv.Itoa(g.random.IntN(9)))
	case domain.FieldSelect:
		v.OptionIDs = domain.IDs(g.some(g.labels))
	case domain.FieldUser:
		v.UserIDs = domain.IDs(g.some(g.people))
	default:
		v.Text = new(pick(g, []string{"", "plain", oddValue}))
	}
	return v
}

// step changes something and says what.
func (g *gardener) step(ctx context.Context) (string, error) {
	card, field := pick(g, g.cards), pick(g, g.fields)
	list := pick(g, []string{g.todo.ID, g.done.ID})
	switch g.random.IntN(14) {
	case 0, 1:
		return "labels", g.store.SetLabels(ctx, card.ID, g.some(g.labels))
	case 2, 3:
		return "assignees", g.store.SetAssignees(ctx, card.ID, g.some(g.people), storetest.At(g.random.IntN(1000)))
	case 4, 5, 6:
		return "value", g.store.SetFieldValue(ctx, g.value(card, field))
	case 7:
		return "no value", g.store.Delete(ctx, &domain.FieldValue{CardID: card.ID, FieldID: field.ID})
	case 8:
		_, err := g.service.CardDuplicate(ctx, ada, card.ID, pick(g, []domain.CardCopy{{}, {BoardID: g.solo.ID, ListID: storetest.ID("Side list")}}))
		return "duplicate", err
	case 9:
		board := g.roadmap.ID
		if card.BoardID == board {
			board = g.support.ID
		}
		_, err := g.service.CardMoveToBoard(ctx, ada, card.ID, board, list)
		return "move", err
	case 10:
		_, err := g.service.ListMoveCards(ctx, ada, g.done.ID, domain.ListMoveCardsInput{TargetListID: g.todo.ID})
		return "move all", err
	case 11:
		_, err := g.service.CardCreate(ctx, ada, domain.NewCard{BoardID: g.roadmap.ID, ListID: list, Title: "New",
			LabelIDs: g.some(g.labels), AssigneeIDs: g.some([]string{storetest.ID("ada")})})
		return "create", err
	}
	return g.remove(ctx, card, field)
}

// remove deletes a row that others refer to, rarely; the first of each kind stay.
func (g *gardener) remove(ctx context.Context, card *domain.Card, field *domain.CustomField) (string, error) {
	switch place := g.random.IntN(24); {
	case place == 0 && len(g.labels) > 1:
		id := g.labels[1]
		g.labels = slices.Delete(g.labels, 1, 2)
		return "delete a label", g.service.LabelDelete(ctx, ada, id)
	case place == 1 && field != g.fields[0]:
		g.fields = slices.DeleteFunc(g.fields, func(f *domain.CustomField) bool { return f == field })
		return "delete a field", g.service.CustomFieldDelete(ctx, ada, field.ID)
	case place == 2 && len(g.people) > 1:
		id := g.people[1]
		g.people = slices.Delete(g.people, 1, 2)
		return "delete a person", g.store.Delete(ctx, &domain.User{ID: id})
	case place == 3 && card.ID != g.first.ID:
		return "delete a card", g.store.Delete(ctx, card)
	}
	_, err := g.service.CardUpdate(ctx, ada, card.ID, domain.CardPatch{Title: domain.Some(new("Renamed"))})
	return "rename", err
}

// TestCardsKeepTheirParts changes all kinds of things at random: cards keep at every moment what hangs on them.
func TestCardsKeepTheirParts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		seed := rand.Uint64()
		g := newGardener(t, store, seed)
		done := map[string]int{}
		for range 150 {
			name, err := g.step(t.Context())
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, name, err)
			}
			done[name]++
			g.cards = checkKept(t, name, store)
			g.cards = slices.DeleteFunc(g.cards, func(c *domain.Card) bool { return c.WorkspaceID != g.work.ID })
			if t.Failed() {
				t.Fatalf("seed %d after %v", seed, done)
			}
		}
		check(t, "delete the list", g.service.ListDelete(t.Context(), ada, g.todo.ID), nil)
		check(t, "delete the board", store.Delete(t.Context(), g.support), nil)
		checkKept(t, "delete the board", store)
	})
}

// TestCardsKeepWhatManyWrite lets many transactions change the same two cards, in both orders.
func TestCardsKeepWhatManyWrite(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		g := newGardener(t, store, 1)
		var all sync.WaitGroup
		for i := range g.labels {
			values := map[*domain.Card]*domain.FieldValue{g.first: g.value(g.first, g.fields[i]), g.second: g.value(g.second, g.fields[0])}
			pair := []*domain.Card{g.first, g.second}
			if i%2 == 1 {
				slices.Reverse(pair)
			}
			all.Go(func() {
				err := store.InTx(t.Context(), func(tx domain.Store) error {
					for _, card := range pair {
						label := &domain.CardLabel{CardID: card.ID, LabelID: g.labels[i]}
						if err := errors.Join(tx.Insert(t.Context(), label), tx.SetFieldValue(t.Context(), values[card])); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		checkKept(t, "many at once", store)
		check(t, "labels", counted(t, store, g.first.ID)[g.first.ID].LabelIDs, slices.Sorted(slices.Values(g.labels)))
	})
}

// TestPartsLeaveTheCardAlone: neither the version nor the instant of a card changes with what hangs on it, and parts
// that were not asked for are nil.
func TestPartsLeaveTheCardAlone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		g := newGardener(t, store, 1)
		before := must[*domain.CardPlace](t)(store.CardPlace(t.Context(), ada, g.first.ID)).Card
		check(t, "set", store.SetLabels(t.Context(), g.first.ID, g.labels), nil)
		after := must[*domain.CardPlace](t)(store.CardPlace(t.Context(), ada, g.first.ID)).Card
		check(t, "labels", len(after.Parts.LabelIDs), len(g.labels))
		before.Parts, after.Parts = nil, nil
		check(t, "card", after, before)
		for with, want := range map[domain.CardWith]*domain.CardParts{
			{}:                {},
			{Labels: true}:    {LabelIDs: slices.Sorted(slices.Values(g.labels))},
			{Assignees: true}: {AssigneeIDs: []string{}},
			{Values: true}:    {Values: []*domain.FieldValue{}},
		} {
			query := domain.CardQuery{Viewer: ada, With: with, Page: domain.Page{First: 10}}
			parent := domain.CardParent{BoardID: g.roadmap.ID}
			pages := must[map[domain.CardParent]domain.PageOf[*domain.Card]](t)(store.FindCards(t.Context(), query, []domain.CardParent{parent, {BoardID: g.solo.ID}}))
			if with == (domain.CardWith{}) {
				want = nil
			}
			check(t, "parts", pages[parent].Nodes[0].Parts, want)
		}
	})
}

// TestCardsFromBeforeKeepTheirParts migrates a database with cards that kept nothing. Afterwards no statement takes a
// row from one card to another, which the cards would not notice.
func TestCardsFromBeforeKeepTheirParts(t *testing.T) {
	t.Parallel()
	eachVersion(t, 4, func(t *testing.T, old oldDatabase) {
		store, g := old.store, newGardener(t, old.store, 1)
		check(t, "labels", store.SetLabels(t.Context(), g.first.ID, g.labels), nil)
		check(t, "assignees", store.SetAssignees(t.Context(), g.first.ID, g.people, storetest.At(0)), nil)
		for _, field := range g.fields {
			check(t, "value", store.SetFieldValue(t.Context(), g.value(g.second, field)), nil)
		}
		check(t, "migrate", store.Migrate(t.Context()), nil)
		cards := checkKept(t, "the migration", store)
		check(t, "cards", len(cards), 3)

		for table := range map[string]bool{"card_labels": true, "card_assignees": true, "field_values": true} {
			_, err := old.db.ExecContext(t.Context(), "UPDATE "+table+" SET card_id = '"+g.third.ID+"'")
			if err == nil {
				t.Errorf("rows of %s went to another card", table)
			}
		}
		checkKept(t, "the attempt", store)
	})
}
