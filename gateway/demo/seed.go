package demo

import (
	"context"

	"kanera.dev/domain"
)

// Target is where an organisation goes.
type Target struct {
	Store          domain.Store
	Now            domain.Clock
	KeyEnvironment string // part of the keys that are made: dev, test, stg or live
	PublicURL      string
	DataDir        string // where demo.env goes
}

// APIURL is the base of the REST paths.
func (t Target) APIURL() string { return t.PublicURL + "/api/v1" }

// Seed fills a new database with the demo organisation and writes demo.env. It returns nil when the database is in
// use: any API key says so, for without one nobody can reach anything. Everything happens or nothing.
func Seed(ctx context.Context, t Target) (*Facts, error) {
	used, err := t.Store.APIKeys(ctx)
	if err != nil || len(used) > 0 {
		return nil, err
	}
	data := Build(t.Now())
	var facts *Facts
	err = t.Store.InTx(ctx, func(tx domain.Store) error {
		err := insert(ctx, tx, append(data.structure(), data.cards()...))
		if err != nil {
			return err
		}
		if facts, err = t.facts(ctx, tx, data); err != nil {
			return err
		}
		return facts.Write(t.DataDir)
	})
	if domain.CodeOf(err) == domain.CodeConflict { // another process was quicker
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return facts, nil
}

func insert(ctx context.Context, tx domain.Store, tables []any) error {
	for _, rows := range tables {
		if err := tx.Insert(ctx, rows); err != nil {
			return err
		}
	}
	return nil
}

// facts makes the keys and notes what a reader needs, with an open card to try things on.
func (t Target) facts(ctx context.Context, tx domain.Store, d *Data) (*Facts, error) {
	facts := &Facts{APIURL: t.APIURL(), WorkspaceID: d.Workspaces[0].ID, BoardID: d.Boards[0].ID}
	for _, key := range d.Keys {
		keys := &domain.Service{Store: tx, Now: t.Now, NewID: func() string { return key.ID }}
		key.Request.Environment = t.KeyEnvironment
		secret, _, err := keys.KeyCreate(ctx, key.Request)
		if err != nil {
			return nil, err
		}
		switch {
		case key.Request.Kind == domain.PersonalKey:
			facts.PersonalKey = secret
		case key.Request.WorkspaceID == facts.WorkspaceID:
			facts.WorkspaceKey = secret
		}
	}
	for _, card := range d.Cards {
		if card.BoardID == facts.BoardID && card.CompletedAt == nil && card.ArchivedAt == nil {
			facts.CardID, facts.ListID = card.ID, card.ListID
			break
		}
	}
	return facts, nil
}
