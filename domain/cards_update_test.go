package domain_test

import (
	"strings"
	"testing"
	"time"

	"kanera.dev/domain"
)

func title(text string) domain.CardPatch { return domain.CardPatch{Title: domain.Some(&text)} }

func due(patch domain.DuePatch) domain.CardPatch { return domain.CardPatch{Due: domain.Some(&patch)} }

func TestCardUpdateRefusals(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		card, gone := d.add(d.todo, "Basil"), d.add(d.todo, "Old")
		d.archive(gone)
		for what, row := range map[string]struct {
			who   *domain.Principal
			id    string
			patch domain.CardPatch
			code  domain.Code
		}{
			"nothing to change":   {d.ida, card.ID, domain.CardPatch{}, domain.CodeValidation},
			"only a version":      {d.ida, card.ID, domain.CardPatch{ExpectedVersion: new(1)}, domain.CodeValidation},
			"title null":          {d.ida, card.ID, domain.CardPatch{Title: domain.Some[*string](nil)}, domain.CodeValidation},
			"title empty":         {d.ida, card.ID, title(""), domain.CodeValidation},
			"title long":          {d.ida, card.ID, title(strings.Repeat("a", 501)), domain.CodeValidation},
			"description long":    {d.ida, card.ID, domain.CardPatch{Description: domain.Some(new(strings.Repeat("a", 50_001)))}, domain.CodeValidation},
			"no such day":         {d.ida, card.ID, due(domain.DuePatch{Date: domain.Some(new("2030-13-45"))}), domain.CodeValidation},
			"no such zone":        {d.ida, card.ID, due(domain.DuePatch{Date: domain.Some(new("2030-03-10")), TimeZone: new("Local")}), domain.CodeValidation},
			"outdated":            {d.ida, card.ID, domain.CardPatch{Title: domain.Some(new("x")), ExpectedVersion: new(7)}, domain.CodeConflict},
			"foreign picture":     {d.ida, card.ID, domain.CardPatch{Description: domain.Some(new("![](http://x.test/a)"))}, domain.CodeBadRequest},
			"archived":            {d.ida, gone.ID, title("x"), domain.CodeBadRequest},
			"archived, no access": {d.olga, gone.ID, title("x"), domain.CodeForbidden},
			"observer":            {d.olga, card.ID, title("x"), domain.CodeForbidden},
			"another tenant":      {d.zoe, card.ID, title("x"), domain.CodeForbidden},
			"unknown":             {d.ida, domain.NewID(), title("x"), domain.CodeNotFound},
			"unknown, stranger":   {d.zoe, domain.NewID(), title("x"), domain.CodeNotFound},
		} {
			_, err := d.CardUpdate(t.Context(), row.who, row.id, row.patch)
			refused(t, what, err, row.code)
			d.untouched(what)
		}
		if now := d.now(card); now.Title != "Basil" || now.Version != 1 || !now.UpdatedAt.Equal(card.UpdatedAt) {
			t.Errorf("changed: %+v", now)
		}
	})
}

func TestCardUpdate(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		card := d.add(d.todo, "Basil")
		update := func(patch domain.CardPatch) *domain.Card {
			t.Helper()
			d.clock.pass(10 * time.Minute)
			card, err := d.CardUpdate(t.Context(), d.ida, card.ID, patch)
			d.must(err)
			return card
		}
		fresh := []string{"card:updated", "card:feedItem:created"}
		after := update(domain.CardPatch{Title: domain.Some(new("Mint")), ExpectedVersion: new(1)})
		d.told("title", "card:updated", d.cardData(after, nil))
		d.happened("title", fresh, "updated", `{"title":"Mint","fromValue":"Basil","toValue":"Mint"}`)
		if after.Version != 2 || !after.UpdatedAt.Equal(d.Now()) {
			t.Errorf("title: version %d at %v", after.Version, after.UpdatedAt)
		}
		update(domain.CardPatch{Description: domain.Some(new("south"))})
		d.happened("description", fresh, "updated", `{"description":"south","fromValue":null,"toValue":"south"}`)
		update(domain.CardPatch{Description: domain.Some[*string](nil)})
		d.happened("description away", fresh, "updated", `{"description":null,"fromValue":"south","toValue":null}`)
		after = update(domain.CardPatch{Title: domain.Some(new("Mint"))})
		d.happened("same title", []string{"card:updated"}, "", "")
		if after.Version != 5 || !after.UpdatedAt.Equal(d.Now()) {
			t.Errorf("same title: version %d at %v", after.Version, after.UpdatedAt)
		}
		update(domain.CardPatch{Title: domain.Some(new("Sage")), Description: domain.Some(new("north"))})
		if e := d.tape.entries; len(e) != 1 || e[0].CoalesceKey != nil {
			t.Errorf("title and description are folded: %+v", e)
		}
	})
}

// Edits of the title, or of the description, within two minutes are one entry; an undo hides it.
func TestCardUpdateFolds(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		describe := func(text string) domain.CardPatch { return domain.CardPatch{Description: domain.Some(&text)} }
		for member, patch := range map[string]func(string) domain.CardPatch{"title": title, "description": describe} {
			card := d.add(d.todo, "A")
			_, err := d.CardUpdate(t.Context(), d.ida, card.ID, describe("A"))
			d.must(err)
			d.forget()
			d.clock.pass(time.Hour)
			described := historyEntry{"updated", "", 1, true}
			steps := []struct {
				who   *domain.Principal
				after time.Duration
				to    string
				event string
			}{
				{d.ida, 0, "B", "created"}, {d.ida, 119 * time.Second, "C", "updated"}, {d.ida, 119 * time.Second, "D", "updated"},
				{d.max, time.Second, "E", "created"}, {d.ida, time.Second, "F", "updated"}, {d.ida, 121 * time.Second, "G", "created"},
				{d.ida, time.Second, "F", "deleted"}, {d.ida, time.Second, "H", "created"},
			}
			for _, step := range steps {
				d.clock.pass(step.after)
				_, err := d.CardUpdate(t.Context(), step.who, card.ID, patch(step.to))
				d.must(err)
				d.heard(member+" to "+step.to, []string{"card:updated", "card:feedItem:" + step.event})
			}
			entry := func(from, to string, count int, visible bool) historyEntry {
				return historyEntry{"updated", `{"` + member + `":"` + to + `","fromValue":"` + from + `","toValue":"` + to + `"}`, count, visible}
			}
			d.history(member, card, described, entry("A", "F", 4, true), entry("D", "E", 1, true), entry("F", "F", 2, false), entry("F", "H", 1, true))
		}
	})
}

func TestCardDue(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		card := d.add(d.todo, "Basil")
		d.ida.TimeZone = "Europe/Lisbon"
		nowhere := *d.ida
		nowhere.TimeZone = ""
		day, morning, evening := domain.Some(new("2030-03-10")), domain.Some(new(domain.SlotMorning)), domain.Some(new(domain.SlotEndOfWorkDay))
		for _, step := range []struct {
			what    string
			who     *domain.Principal
			patch   domain.CardPatch
			want    string
			history bool
		}{
			{"day", d.ida, due(domain.DuePatch{Date: day}), "2030-03-10 anyTime Europe/Lisbon", true},
			{"same day", d.ida, due(domain.DuePatch{Date: day}), "2030-03-10 anyTime Europe/Lisbon", false},
			{"slot alone clears", d.ida, due(domain.DuePatch{Slot: morning}), "", true},
			{"day and slot", d.ida, due(domain.DuePatch{Date: day, Slot: evening}), "2030-03-10 endOfWorkDay Europe/Lisbon", true},
			{"day alone", d.ida, due(domain.DuePatch{Date: day}), "2030-03-10 anyTime Europe/Lisbon", true},
			{"null slot", d.ida, due(domain.DuePatch{Date: day, Slot: domain.Some[*domain.DueSlot](nil)}), "2030-03-10 anyTime Europe/Lisbon", false},
			{"zone", d.ida, due(domain.DuePatch{Date: day, Slot: morning, TimeZone: new("Asia/Tokyo")}), "2030-03-10 morning Asia/Tokyo", true},
			{"null day", d.ida, due(domain.DuePatch{Date: domain.Some[*string](nil), Slot: morning}), "", true},
			{"no zone of one's own", &nowhere, due(domain.DuePatch{Date: day}), "2030-03-10 anyTime UTC", true},
			{"title keeps it", d.ida, title("Mint"), "2030-03-10 anyTime UTC", true},
			{"null", d.ida, domain.CardPatch{Due: domain.Some[*domain.DuePatch](nil)}, "", true},
		} {
			d.clock.pass(time.Hour)
			card, err := d.CardUpdate(t.Context(), step.who, card.ID, step.patch)
			d.must(err)
			got := ""
			if due := d.now(card).Due(d.Now()); due != nil {
				got = due.Date + " " + string(due.Slot) + " " + due.TimeZone
			}
			if got != step.want || (len(d.tape.entries) == 1) != step.history {
				t.Errorf("%s: %q with %d entries, want %q", step.what, got, len(d.tape.entries), step.want)
			}
			d.forget()
		}
		d.history("due", card, historyEntry{"updated", `{"dueDateLocalDate":"2030-03-10","dueDateSlot":"anyTime","dueDateTimezone":"Europe/Lisbon"}`, 1, true},
			historyEntry{"updated", `{"dueDateLocalDate":null,"dueDateSlot":null,"dueDateTimezone":null}`, 1, true},
			historyEntry{"updated", "", 1, true}, historyEntry{"updated", "", 1, true}, historyEntry{"updated", "", 1, true},
			historyEntry{"updated", "", 1, true}, historyEntry{"updated", "", 1, true}, historyEntry{"updated", "", 1, true}, historyEntry{"updated", "", 1, true})
	})
}

func TestCardIsOverdue(t *testing.T) {
	t.Parallel()
	at := func(text string) time.Time {
		instant, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return instant
	}
	for what, row := range map[string]struct {
		slot *domain.DueSlot
		zone *string
		now  string
		want bool
	}{
		"day before":               {new(domain.SlotMorning), new("UTC"), "2030-03-09T23:59:00Z", false},
		"morning, at nine":         {new(domain.SlotMorning), new("UTC"), "2030-03-10T09:00:00Z", true},
		"morning, before nine":     {new(domain.SlotMorning), new("UTC"), "2030-03-10T08:59:59Z", false},
		"afternoon, at one":        {new(domain.SlotAfternoon), new("UTC"), "2030-03-10T13:00:00Z", true},
		"work day, before five":    {new(domain.SlotEndOfWorkDay), new("UTC"), "2030-03-10T16:59:59Z", false},
		"work day, at five":        {new(domain.SlotEndOfWorkDay), new("UTC"), "2030-03-10T17:00:00Z", true},
		"any time, before nine pm": {new(domain.SlotAnyTime), new("UTC"), "2030-03-10T20:59:59Z", false},
		"any time, at nine pm":     {nil, nil, "2030-03-10T21:00:00Z", true},
		"Tokyo is ahead":           {new(domain.SlotMorning), new("Asia/Tokyo"), "2030-03-10T00:00:00Z", true},
		"Los Angeles is behind":    {new(domain.SlotAnyTime), new("America/Los_Angeles"), "2030-03-11T03:59:00Z", false},
		"day after":                {new(domain.SlotAnyTime), new("Moon/Base"), "2030-03-11T00:00:00Z", true},
	} {
		card := &domain.Card{DueDay: new("2030-03-10"), DueSlot: row.slot, DueTimeZone: row.zone}
		if due := card.Due(at(row.now)); due.Overdue != row.want {
			t.Errorf("%s: %+v", what, due)
		}
		card.CompletedAt = new(at(row.now))
		if card.Due(at(row.now)).Overdue {
			t.Errorf("%s: overdue although completed", what)
		}
	}
}

func TestCardComplete(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		card := d.add(d.todo, "Basil")
		complete := func(what string, completed bool, after time.Duration, events ...string) {
			t.Helper()
			d.clock.pass(after)
			card, err := d.CardComplete(t.Context(), d.max, card.ID, completed)
			d.must(err)
			d.heard(what, events)
			if got := d.now(card).CompletedAt; (got != nil) != completed {
				t.Errorf("%s: %v", what, got)
			}
		}
		complete("reopen an open card", false, 0)
		complete("complete", true, 0, "card:updated", "card:feedItem:created")
		done := wireTime(d.Now())
		complete("again", true, time.Second)
		complete("late undo", false, time.Minute, "card:updated", "card:feedItem:created")
		complete("undo the undo", true, 59*time.Second, "card:updated", "card:feedItem:deleted")
		complete("afresh", false, time.Second, "card:updated", "card:feedItem:created")
		d.history("completion", card, historyEntry{"completion:set", `{"completedAt":"` + done + `","fromValue":false,"toValue":true}`, 1, true},
			historyEntry{"completion:set", "", 2, false}, historyEntry{"completion:set", `{"completedAt":null,"fromValue":true,"toValue":false}`, 1, true})
		d.archive(card)
		_, err := d.CardComplete(t.Context(), d.ida, card.ID, true)
		refused(t, "archived", err, domain.CodeBadRequest)
		_, err = d.CardComplete(t.Context(), d.olga, d.add(d.todo, "Mint").ID, true)
		refused(t, "observer", err, domain.CodeForbidden)
	})
}

func TestCardArchive(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		_, second, third := d.add(d.todo, "One"), d.add(d.todo, "Two"), d.add(d.todo, "Three")
		archive := func(card *domain.Card, archived bool) {
			t.Helper()
			_, err := d.CardArchive(t.Context(), d.max, card.ID, archived)
			d.must(err)
		}
		lane := func(what string, want ...string) {
			t.Helper()
			if got := strings.Join(d.lane(d.todo), " "); got != strings.Join(want, " ") {
				t.Errorf("%s: %s", what, got)
			}
		}
		archive(second, false)
		d.happened("restore a card that is there", nil, "", "")
		archive(second, true)
		d.happened("archive", []string{"card:updated", "card:feedItem:created"}, "archived", `{"title":"Two","archivedAt":"`+wireTime(d.Now())+`"}`)
		lane("archived", "One", "Three")
		archive(second, true)
		d.happened("again", nil, "", "")
		archive(second, false)
		d.happened("restore", []string{"card:updated", "card:feedItem:created"}, "unarchived", `{"title":"Two","archivedAt":null}`)
		lane("restored", "One", "Two", "Three")
		archive(second, true)
		_, err := d.CardMove(t.Context(), d.ida, third.ID, d.todo.ID, domain.Anchor{Kind: domain.AnchorTop})
		d.must(err)
		_, err = d.CardMove(t.Context(), d.ida, third.ID, d.todo.ID, domain.Anchor{Kind: domain.AnchorBottom})
		d.must(err) // stands where the second stood
		if d.now(third).Position != second.Position {
			t.Fatalf("the place is not taken: %v", d.now(third).Position)
		}
		archive(second, false)
		lane("place taken", "One", "Three", "Two")
		if d.now(second).Position <= d.now(third).Position {
			t.Errorf("two cards at one place")
		}
		_, err = d.CardArchive(t.Context(), d.olga, second.ID, true)
		refused(t, "observer", err, domain.CodeForbidden)
		_, err = d.CardArchive(t.Context(), d.olga, second.ID, false)
		refused(t, "observer, nothing to do", err, domain.CodeForbidden)
	})
}
