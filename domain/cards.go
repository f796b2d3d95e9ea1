package domain

import (
	"context"
	"regexp"
	"strings"
	"time"
)

// Limits of card texts, in UTF-16 units.
const (
	maxCardTitle       = 500
	maxCardDescription = 50_000
)

// NewCard is what a card is made of.
type NewCard struct {
	BoardID, ListID       string
	Title                 string
	Description           *string
	AtTop                 bool
	AssigneeIDs, LabelIDs []string
	Due                   DuePatch
	ClientToken           *string // repeating it answers the first card
}

// CardPatch changes a card; members that are not set stay.
type CardPatch struct {
	Title           Opt[*string]
	Description     Opt[*string]
	Due             Opt[*DuePatch] // set to nil clears the due date
	ExpectedVersion *int
}

// DuePatch changes when a card has to be done. A slot without a date clears the due date, as the contract has it.
type DuePatch struct {
	Date     Opt[*string] // YYYY-MM-DD
	Slot     Opt[*DueSlot]
	TimeZone *string
}

// Card reads a card by id. Unknown ids are NOT_FOUND, invisible cards FORBIDDEN.
func (s *Service) Card(ctx context.Context, who *Principal, id string) (*Card, error) {
	place, err := s.CardPlace(ctx, who, id)
	if err != nil {
		return nil, err
	}
	return place.Card, nil
}

// CardByKey reads a card by its key, in any case and with any prefix its workspace ever had. An empty
// organisationKey stands for the caller's own organisation. Malformed, unknown and invisible are all NOT_FOUND.
func (s *Service) CardByKey(ctx context.Context, who *Principal, organisationKey, key string) (*Card, error) {
	place, err := s.CardPlaceByKey(ctx, who, organisationKey, key)
	if err != nil {
		return nil, err
	}
	return place.Card, nil
}

// cardFor returns a card the caller may edit, locked.
func (s *Service) cardFor(ctx context.Context, tx Store, who *Principal, id string) (*Card, error) {
	card := &Card{ID: id}
	if err := tx.Lock(ctx, card); err != nil {
		return nil, err
	}
	if _, err := cardPlace(ctx, tx, who, id, editBoard); err != nil {
		return nil, err
	}
	return card, nil
}

// editable is cardFor for every change but archiving.
func (s *Service) editable(ctx context.Context, tx Store, who *Principal, id string) (*Card, error) {
	card, err := s.cardFor(ctx, tx, who, id)
	if err == nil && card.ArchivedAt != nil {
		return nil, BadRequest("Archived cards cannot be changed.")
	}
	return card, err
}

// CardUpdate changes title, description or due date.
func (s *Service) CardUpdate(ctx context.Context, who *Principal, id string, patch CardPatch) (*Card, error) {
	if err := patch.check(); err != nil {
		return nil, err
	}
	var card *Card
	err := s.Store.InTx(ctx, func(tx Store) (err error) {
		if card, err = s.editable(ctx, tx, who, id); err != nil {
			return err
		}
		if patch.ExpectedVersion != nil && *patch.ExpectedVersion != card.Version {
			return Conflict("The card has changed meanwhile.")
		}
		before := *card
		patch.apply(card, who)
		if err := s.checkMedia(card.Description, before.Description); err != nil {
			return err
		}
		if err := s.saveCard(ctx, tx, who, card); err != nil {
			return err
		}
		return s.recordUpdate(ctx, tx, who, &before, card)
	})
	return card, err
}

// saveCard writes a card and tells that it changed.
func (s *Service) saveCard(ctx context.Context, tx Store, who *Principal, card *Card) error {
	card.UpdatedAt = s.Now()
	if err := tx.Update(ctx, card); err != nil {
		return err
	}
	return s.emit(ctx, tx, who, outgoing{home: card.home(), CardID: card.ID, Type: "card:updated",
		Data: map[string]any{"boardId": card.BoardID, "card": card.wire()}})
}

func (p CardPatch) check() error {
	var checks Checks
	if !p.Title.Set && !p.Description.Set && !p.Due.Set {
		checks.Add(Custom("give at least one member to change", "input"))
	}
	if p.Title.Set && p.Title.Value == nil {
		checks.Add(WrongType("string", "input", "title"))
	} else if p.Title.Set {
		checks.Text(*p.Title.Value, 1, maxCardTitle, "input", "title")
	}
	if p.Description.Value != nil {
		checks.Text(*p.Description.Value, 0, maxCardDescription, "input", "description")
	}
	if p.Due.Value != nil {
		p.Due.Value.check(&checks)
	}
	return checks.Err()
}

func (p CardPatch) apply(card *Card, who *Principal) {
	if p.Title.Set {
		card.Title = *p.Title.Value
	}
	if p.Description.Set {
		card.Description = p.Description.Value
	}
	switch {
	case p.Due.Set && p.Due.Value == nil:
		card.DueDay, card.DueSlot, card.DueTimeZone = nil, nil, nil
	case p.Due.Set:
		p.Due.Value.apply(card, who)
	}
}

func (p DuePatch) check(checks *Checks) {
	if p.Date.Value != nil {
		if _, err := ParseDate(*p.Date.Value); err != nil {
			checks.Add(WrongFormat("date", "", "input", "dueDate", "date"))
		}
	}
	if p.TimeZone != nil {
		if !isZone(*p.TimeZone) {
			checks.Add(Custom("is no IANA time zone", "input", "dueDate", "timeZone"))
		}
	}
}

// apply sets the three due columns together; a patch that names neither date nor slot changes nothing.
func (p DuePatch) apply(card *Card, who *Principal) {
	if !p.Date.Set && !p.Slot.Set {
		return
	}
	card.DueDay, card.DueSlot, card.DueTimeZone = p.Date.Value, nil, nil
	if card.DueDay == nil {
		return
	}
	slot, zone := SlotAnyTime, "UTC"
	if p.Slot.Value != nil {
		slot = *p.Slot.Value
	}
	if who.TimeZone != "" {
		zone = who.TimeZone
	}
	if p.TimeZone != nil {
		zone = *p.TimeZone
	}
	card.DueSlot, card.DueTimeZone = &slot, &zone
}

// recordUpdate writes what a patch really changed. Edits of only the title or only the description are folded for
// two minutes.
func (s *Service) recordUpdate(ctx context.Context, tx Store, who *Principal, before, after *Card) error {
	changed := map[string]any{}
	e := entry{home: after.home(), EntityType: entityCard, EntityID: after.ID, Action: "updated", Payload: changed}
	if before.Title != after.Title {
		changed["title"] = after.Title
		e.CoalesceKey, changed["fromValue"], changed["toValue"] = "card:title", before.Title, after.Title
	}
	if orZero(before.Description) != orZero(after.Description) {
		changed["description"] = after.Description
		e.CoalesceKey, changed["fromValue"], changed["toValue"] = "card:description", before.Description, after.Description
	}
	e.Window = 2 * time.Minute
	if changed["title"] != nil && changed["toValue"] != changed["title"] { // title and description at once
		e.CoalesceKey = ""
	}
	if orZero(before.DueDay) != orZero(after.DueDay) || orZero(before.DueSlot) != orZero(after.DueSlot) {
		changed["dueDateLocalDate"], changed["dueDateSlot"], changed["dueDateTimezone"] = after.DueDay, after.DueSlot, after.DueTimeZone
		e.CoalesceKey = ""
	}
	if len(changed) == 0 {
		return nil
	}
	return s.record(ctx, tx, who, e)
}

func orZero[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}

var (
	inlineImage = regexp.MustCompile(`!\[[^\]]*\]\(\s*<?([^)\s>]*)`)
	inlineMedia = regexp.MustCompile(`(?i)<\s*(img|video|audio|source|iframe|embed|object)\b`)
)

// checkMedia refuses markdown that newly embeds media from elsewhere; only media this server keeps may be shown
// inline.
func (s *Service) checkMedia(text, before *string) error {
	if text == nil || before != nil && *text == *before {
		return nil
	}
	foreign := inlineMedia.MatchString(*text)
	for _, image := range inlineImage.FindAllStringSubmatch(*text, -1) {
		path := strings.TrimPrefix(image[1], s.WebURL)
		foreign = foreign || !strings.HasPrefix(path, "/api/media/") && !strings.HasPrefix(path, "/media/")
	}
	if foreign {
		return BadRequest("Only media kept by this server may be embedded.")
	}
	return nil
}
