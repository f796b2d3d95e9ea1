package storetest_test

import (
	"context"
	"strconv"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// newFullBoard fills a board: 8 lists of 50 cards, each card with 2 labels, 2 assignees and 5 values.
func newFullBoard(b *testing.B, store *persistence.Store) (lists []domain.CardParent) {
	f := storetest.NewFixture(b, store)
	f.Organisation("Acme")
	w := f.Workspace("Acme", "Work", "ACME")
	board := f.Board(w, "Support", 0)
	people, labels := storetest.IDs("cleo", "dan", "eve"), []string{}
	for _, name := range []string{"cleo", "dan", "eve"} {
		f.User(name)
	}
	var fields []*domain.CustomField
	for i, kind := range []domain.CustomFieldType{domain.FieldText, domain.FieldNumber, domain.FieldCheckbox, domain.FieldDate, domain.FieldSelect} {
		fields = append(fields, f.Field(w, "Field "+strconv.Itoa(i), kind, i))
		labels = append(labels, f.Label(w, "Label "+strconv.Itoa(i), i).ID)
	}
	option := f.Option(fields[4], "Gold", 0)
	var cardLabels []domain.CardLabel
	var assignees []domain.CardAssignee
	var values []domain.FieldValue
	for i := range 8 {
		list := f.List(w, "List "+strconv.Itoa(i), i)
		lists = append(lists, domain.CardParent{BoardID: board.ID, ListID: list.ID})
		for n := range 50 {
			number := i*50 + n + 1
			id := f.Card(board, list.Name, "cleo", "Card "+strconv.Itoa(number), number).ID
			for j := range 2 {
				cardLabels = append(cardLabels, domain.CardLabel{CardID: id, LabelID: labels[(n+j)%5]})
				assignees = append(assignees, domain.CardAssignee{CardID: id, UserID: people[(n+j)%3], AssignedAt: storetest.At(j)})
			}
			values = append(values,
				domain.FieldValue{CardID: id, FieldID: fields[0].ID, Text: new("Text " + strconv.Itoa(n)), UpdatedAt: storetest.At(n)},
				domain.FieldValue{CardID: id, FieldID: fields[1].ID, Number: new(domain.Decimal("12.5")), UpdatedAt: storetest.At(n)},
				domain.FieldValue{CardID: id, FieldID: fields[2].ID, Checkbox: new(true), UpdatedAt: storetest.At(n)},
				domain.FieldValue{CardID: id, FieldID: fields[3].ID, Date: new("2030-03-04"), UpdatedAt: storetest.At(n)},
				domain.FieldValue{CardID: id, FieldID: fields[4].ID, OptionIDs: domain.IDs{option.ID}, UpdatedAt: storetest.At(n)})
		}
	}
	f.Insert(&cardLabels, &assignees, &values)
	return lists
}

// BenchmarkCards reads the 400 cards of a board from Postgres: with all that hangs on them, without, as one page from
// anywhere, and counted in a report of two dimensions.
func BenchmarkCards(b *testing.B) {
	store := storetest.Postgres(b)
	lists := newFullBoard(b, store)
	cards := func(with domain.CardWith, page domain.Page, parents ...domain.CardParent) func(context.Context) error {
		query := domain.CardQuery{Viewer: workspaceKey("read"), Now: storetest.At(0), With: with, Page: page}
		return func(ctx context.Context) error { _, err := store.FindCards(ctx, query, parents); return err }
	}
	for name, read := range map[string]func(context.Context) error{
		"board":          cards(allParts, domain.Page{First: 50}, lists...),
		"board/no parts": cards(domain.CardWith{}, domain.Page{First: 50}, lists...),
		"page":           cards(domain.CardWith{}, domain.Page{First: 100}, domain.CardParent{}),
		"report": func(ctx context.Context) error {
			_, err := store.AggregateCards(ctx, domain.CardGroups{
				Cards:    domain.CardQuery{Viewer: workspaceKey("read"), Now: storetest.At(0), Page: domain.Page{First: 100}},
				By:       []domain.CardGroup{{Dimension: domain.ByList}, {Dimension: domain.ByLabel}},
				Measures: []string{storetest.ID("Field 1")},
			})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := read(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
