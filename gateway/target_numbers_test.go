package gateway_test

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"kanera.dev/domain"
)

func testOverdue(t *testing.T, k known) {
	var got struct {
		Cards struct {
			TotalCount int
			Edges      []struct{ Node struct{ Key string } }
		}
	}
	me := k.Demo.CardAssignees[0].UserID
	target(t, k.Gateway, "OverdueAcrossBoards", map[string]any{"me": me}, &got)
	zone, err := time.LoadLocation(k.Demo.Users[slices.IndexFunc(k.Demo.Users, func(u *domain.User) bool { return u.ID == k.owner })].TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	today := k.now.In(zone).Format(time.DateOnly)
	var want []*domain.Card
	for _, card := range k.Demo.Cards {
		board := k.Demo.Boards[slices.IndexFunc(k.Demo.Boards, func(b *domain.Board) bool { return b.ID == card.BoardID })]
		fits := strings.Contains(strings.ToLower(card.Title), "acme") || board.Name == "Roadmap" || board.Name == "Support"
		if card.ArchivedAt == nil && card.CompletedAt == nil && card.DueDay != nil && *card.DueDay < today && fits &&
			k.assigned(card.ID, me) && !k.labelled(card.ID, "Chore") {
			want = append(want, card)
		}
	}
	slices.SortFunc(want, func(a, b *domain.Card) int {
		return cmp.Or(cmp.Compare(*a.DueDay, *b.DueDay), cmp.Compare(a.KeyPrefix, b.KeyPrefix), cmp.Compare(a.Number, b.Number))
	})
	if got.Cards.TotalCount != len(want) || len(got.Cards.Edges) != len(want) {
		t.Fatalf("%d overdue cards, want %d", got.Cards.TotalCount, len(want))
	}
	for i, edge := range got.Cards.Edges {
		if edge.Node.Key != want[i].Key() {
			t.Errorf("place %d: %s, want %s", i, edge.Node.Key, want[i].Key())
		}
	}
}

func (k known) assigned(card, user string) bool {
	return slices.ContainsFunc(k.Demo.CardAssignees, func(a *domain.CardAssignee) bool { return a.CardID == card && a.UserID == user })
}

func (k known) labelled(card, name string) bool {
	return slices.ContainsFunc(k.Demo.CardLabels, func(l *domain.CardLabel) bool {
		return l.CardID == card && slices.ContainsFunc(k.Demo.Labels, func(label *domain.Label) bool { return label.ID == l.LabelID && label.Name == name })
	})
}

// hoursOf returns the value of the hours field; ok is false when there is none.
func (k known) hoursOf(card *domain.Card) (hours float64, ok bool) {
	value := k.value(card.ID, k.hours)
	if value == nil || value.Number == nil {
		return 0, false
	}
	return value.Number.Float(), true
}

func testByCustomField(t *testing.T, k known) {
	var got struct {
		Cards struct{ Nodes []struct{ Key string } }
	}
	target(t, k.Gateway, "ByCustomField", map[string]any{"workspace": k.Facts.WorkspaceID, "hours": k.hours}, &got)
	var most []float64
	byKey := map[string]float64{}
	for _, card := range k.live() {
		if hours, ok := k.hoursOf(card); ok && hours >= 4 {
			most = append(most, hours)
			byKey[card.Key()] = hours
		}
	}
	slices.SortFunc(most, func(a, b float64) int { return cmp.Compare(b, a) })
	if len(got.Cards.Nodes) != min(20, len(most)) || len(most) == 0 {
		t.Fatalf("%d cards of %d", len(got.Cards.Nodes), len(most))
	}
	for i, node := range got.Cards.Nodes {
		if byKey[node.Key] != most[i] {
			t.Errorf("place %d: %s has %v hours, want %v", i, node.Key, byKey[node.Key], most[i])
		}
	}
}

func testHours(t *testing.T, k known) {
	type measures struct {
		Sum, Avg, Min, Max, Median *float64
		Count, Nulls               int
	}
	var got struct {
		CardAggregate struct {
			Rows []struct {
				Keys  []struct{ ID string }
				Count int
				Hours measures
			}
			Totals struct {
				Count int
				Hours measures
			}
		}
	}
	target(t, k.Gateway, "HoursByListAndBoard", map[string]any{"workspace": k.Facts.WorkspaceID, "hours": k.hours}, &got)
	groups, counts := map[[2]string][]float64{}, map[[2]string]int{}
	total := 0.0
	for _, card := range k.live() {
		key := [2]string{card.ListID, card.BoardID}
		counts[key]++
		if hours, ok := k.hoursOf(card); ok {
			groups[key] = append(groups[key], hours)
			total += hours
		}
	}
	if len(got.CardAggregate.Rows) != len(counts) || got.CardAggregate.Totals.Count != len(k.live()) || !same(got.CardAggregate.Totals.Hours.Sum, total) {
		t.Errorf("%d rows of %d, totals %+v, want %d cards and %v hours", len(got.CardAggregate.Rows), len(counts), got.CardAggregate.Totals, len(k.live()), total)
	}
	for i, row := range got.CardAggregate.Rows {
		key := [2]string{row.Keys[0].ID, row.Keys[1].ID}
		hours := groups[key]
		slices.Sort(hours)
		if row.Count != counts[key] || row.Hours.Count != len(hours) || row.Hours.Nulls != counts[key]-len(hours) {
			t.Errorf("%v: got %+v, want %d cards, %d with hours", key, row, counts[key], len(hours))
		}
		if len(hours) > 0 && (!same(row.Hours.Sum, sum(hours)) || !same(row.Hours.Avg, sum(hours)/float64(len(hours))) ||
			!same(row.Hours.Min, hours[0]) || !same(row.Hours.Max, hours[len(hours)-1]) || !same(row.Hours.Median, median(hours))) {
			t.Errorf("%v: got %+v of %v", key, row.Hours, hours)
		}
		if i > 0 && row.Count > got.CardAggregate.Rows[i-1].Count {
			t.Errorf("row %d is out of order", i)
		}
	}
}

func sum(numbers []float64) (total float64) {
	for _, n := range numbers {
		total += n
	}
	return total
}

func median(sorted []float64) float64 {
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

func same(got *float64, want float64) bool { return got != nil && math.Abs(*got-want) < 1e-9 }

func testCompletedPerWeek(t *testing.T, k known) {
	var got struct {
		CardAggregate struct {
			Rows []struct {
				Keys                 []struct{ ID, Label, From, To *string }
				Count, DistinctCount int
			}
			Totals struct{ Count, DistinctCount int }
		}
	}
	target(t, k.Gateway, "CompletedPerWeekByAssignee", map[string]any{"workspace": k.Facts.WorkspaceID}, &got)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	want, cards := map[[2]string]int{}, 0
	for _, card := range k.live() {
		if card.CompletedAt == nil || card.CompletedAt.Before(k.now.In(berlin).AddDate(0, 0, -84)) {
			continue
		}
		cards++
		local := card.CompletedAt.In(berlin)
		week := local.AddDate(0, 0, -(int(local.Weekday())+6)%7).Format(time.DateOnly)
		people := 0
		for _, a := range k.Demo.CardAssignees {
			if a.CardID == card.ID {
				want[[2]string{week, a.UserID}]++
				people++
			}
		}
		if people == 0 {
			want[[2]string{week, ""}]++
		}
	}
	seen := 0
	for _, row := range got.CardAggregate.Rows {
		key := [2]string{*row.Keys[0].Label, ""}
		if row.Keys[1].ID != nil {
			key[1] = *row.Keys[1].ID
		}
		if row.Count != want[key] || row.DistinctCount != row.Count {
			t.Errorf("%v: %d, want %d", key, row.Count, want[key])
		}
		seen++
	}
	if totals := got.CardAggregate.Totals; totals.Count != cards || totals.DistinctCount != cards || seen != min(50, len(want)) {
		t.Errorf("totals %+v, want %d cards; %d rows of %d", totals, cards, seen, len(want))
	}
}

func testBySelectField(t *testing.T, k known) {
	var got struct {
		CardAggregate struct {
			Rows []struct {
				Keys  []struct{ ID, Label, Color *string }
				Count int
			}
		}
	}
	target(t, k.Gateway, "BySelectField", map[string]any{"workspace": k.Facts.WorkspaceID, "field": k.priority}, &got)
	want := map[string]int{}
	for _, card := range k.live() {
		if value := k.value(card.ID, k.priority); value != nil && len(value.OptionIDs) > 0 {
			for _, id := range value.OptionIDs {
				want[id]++
			}
		} else {
			want[""]++
		}
	}
	for _, row := range got.CardAggregate.Rows {
		id := ""
		if row.Keys[0].ID != nil {
			id = *row.Keys[0].ID
		}
		if row.Count != want[id] || (id == "") != (row.Keys[0].Label == nil) {
			t.Errorf("%q: got %+v, want %d", id, row, want[id])
		}
	}
	if len(got.CardAggregate.Rows) != len(want) || want[""] == 0 {
		t.Errorf("%d rows, want %d with a null bucket", len(got.CardAggregate.Rows), len(want))
	}
}

func testCreateCard(t *testing.T, k known) {
	label := k.Demo.Labels[slices.IndexFunc(k.Demo.Labels, func(l *domain.Label) bool { return l.WorkspaceID == k.Facts.WorkspaceID })]
	var got struct {
		CardCreate struct {
			Card struct {
				Title   string
				Labels  []struct{ Name string }
				DueDate struct{ Date, Slot string }
			}
		}
	}
	target(t, k.Gateway, "CreateCard", map[string]any{"board": k.Facts.BoardID, "list": k.Facts.ListID, "label": label.ID}, &got)
	card := got.CardCreate.Card
	if card.Title != "Follow up with Acme" || len(card.Labels) != 1 || card.Labels[0].Name != label.Name || card.DueDate.Date != "2027-01-15" || card.DueDate.Slot != "MORNING" {
		t.Errorf("got %+v", card)
	}
}

func testWorkTheCard(t *testing.T, k known) {
	list := k.Demo.Lists[slices.IndexFunc(k.Demo.Lists, func(l *domain.List) bool {
		return l.WorkspaceID == k.Facts.WorkspaceID && l.ID != k.Facts.ListID
	})]
	var got struct {
		CardUpdate struct{ Card struct{ Description string } }
		CardMove   struct {
			Card struct{ List struct{ ID string } }
		}
		CardSetAssignees struct {
			Card struct{ Assignees []struct{ ID string } }
		}
		CardSetFieldValue struct {
			Card struct{ CustomFieldValues []struct{ Number *float64 } }
		}
		CardComplete struct{ Card struct{ CompletedAt *string } }
	}
	target(t, k.Gateway, "WorkTheCard", map[string]any{"card": k.Facts.CardID, "list": list.ID, "hours": k.hours, "me": k.owner}, &got)
	hours := 0
	for _, value := range got.CardSetFieldValue.Card.CustomFieldValues {
		if value.Number != nil && *value.Number == 2.5 {
			hours++
		}
	}
	if got.CardUpdate.Card.Description != "Imported from CRM" || got.CardMove.Card.List.ID != list.ID || hours != 1 ||
		len(got.CardSetAssignees.Card.Assignees) != 1 || got.CardSetAssignees.Card.Assignees[0].ID != k.owner || got.CardComplete.Card.CompletedAt == nil {
		t.Errorf("got %+v", got)
	}
}
