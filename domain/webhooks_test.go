package domain_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kanera.dev/domain"
)

// glass is a vault that hides nothing but keeps contexts apart.
type glass struct{}

func (glass) Seal(secret []byte, context string) []byte {
	return append([]byte(context+" "), secret...)
}

func (glass) Open(sealed []byte, context string) ([]byte, error) {
	secret, ok := bytes.CutPrefix(sealed, []byte(context+" "))
	if !ok {
		return nil, errors.New("another context")
	}
	return secret, nil
}

// pigeon is a courier whose every attempt ends with the same status.
type pigeon struct {
	store  domain.Store
	status domain.DeliveryStatus
	err    error
	sent   []string
	woken  int
}

func (p *pigeon) Deliver(ctx context.Context, id string) error {
	delivery := &domain.Delivery{ID: id}
	if err := p.store.Load(ctx, delivery); err != nil {
		return err
	}
	p.sent = append(p.sent, delivery.EventType)
	delivery.Status, delivery.Attempts = p.status, delivery.Attempts+1
	return errors.Join(p.err, p.store.Update(ctx, delivery))
}

func (p *pigeon) Wake() { p.woken++ }

// loft is a house with a garden that has webhooks.
type loft struct {
	*house
	pigeon    *pigeon
	workspace *domain.Workspace
	board     *domain.Board
}

func onEveryLoft(t *testing.T, test func(t *testing.T, l *loft)) {
	t.Helper()
	onEveryStore(t, func(h *house) {
		l := &loft{house: h, pigeon: &pigeon{store: h.Store, status: domain.DeliverySuccess}}
		l.workspace, l.board = h.garden()
		made := 0
		l.Webhooks = domain.WebhookPorts{Vault: glass{}, Courier: l.pigeon, NewSecret: func() string {
			made++
			return fmt.Sprintf("whsec_%d", made)
		}}
		test(h.t, l)
	})
}

func (l *loft) input() domain.WebhookCreateInput {
	return domain.WebhookCreateInput{WorkspaceID: l.workspace.ID, Name: "hook", URL: "https://sink.test/k"}
}

func (l *loft) hook() *domain.Webhook {
	l.t.Helper()
	_, hook, err := l.WebhookCreate(l.t.Context(), l.ida, l.input())
	l.must(err)
	return hook
}

func (l *loft) planned(hook *domain.Webhook) int64 {
	l.t.Helper()
	cursor := &domain.WebhookCursor{WebhookID: hook.ID}
	l.must(l.Store.Load(l.t.Context(), cursor))
	return cursor.Planned
}

func (l *loft) last() int64 {
	l.t.Helper()
	last, err := l.Store.LastSequences(l.t.Context(), []string{l.workspace.ID})
	l.must(err)
	return last[l.workspace.ID]
}

// delivery adds a delivery that ended or waits.
func (l *loft) delivery(hook *domain.Webhook, status domain.DeliveryStatus, eventType string) *domain.Delivery {
	l.t.Helper()
	row := &domain.Delivery{ID: domain.NewID(), WebhookID: hook.ID, WorkspaceID: hook.WorkspaceID, EventID: domain.NewID(), EventType: eventType,
		Status: status, Attempts: 8, Tries: 8, CreatedAt: l.Now(), UpdatedAt: l.Now()}
	l.must(l.Store.Insert(l.t.Context(), row))
	return row
}

func TestWebhookLife(t *testing.T) {
	t.Parallel()
	onEveryLoft(t, func(t *testing.T, l *loft) {
		ctx := t.Context()
		in := l.input()
		in.Name, in.EventTypes, in.BoardIDs = "  hook ", []string{"card:moved", "card:created", "card:moved"}, []string{l.board.ID, l.board.ID}
		secret, hook, err := l.WebhookCreate(ctx, l.ida, in)
		l.must(err)
		read, err := l.Webhook(ctx, l.ida, hook.ID, &l.workspace.ID)
		l.must(err)
		if read.Name != "hook" || !slices.Equal(read.EventTypes, []string{"card:moved", "card:created"}) || !slices.Equal(read.BoardIDs, []string{l.board.ID}) ||
			!read.Enabled || read.CreatedByID != l.ida.UserID || read.Version != 1 || read.OrganisationID != l.workspace.OrganisationID || read.CardFilter != nil {
			t.Errorf("read %+v", read)
		}
		if secrets, err := l.SigningSecrets(read); err != nil || !slices.Equal(secrets, []string{secret}) {
			t.Errorf("signs with %v, %v; the secret is %s", secrets, err, secret)
		}
		if l.planned(hook) != l.last() || l.last() == 0 {
			t.Errorf("hears from %d on, the last event is %d", l.planned(hook), l.last())
		}
		changed, err := l.WebhookUpdate(ctx, l.ida, hook.ID, nil, domain.WebhookPatch{URL: domain.Some(new("http://sink.test/")),
			EventTypes: domain.Some[[]string](nil), ExpectedVersion: new(1)})
		l.must(err)
		if changed.URL != "http://sink.test/" || len(changed.EventTypes) != 0 || len(changed.BoardIDs) != 1 || changed.Version != 2 {
			t.Errorf("changed to %+v", changed)
		}
		_, err = l.WebhookUpdate(ctx, l.ida, hook.ID, nil, domain.WebhookPatch{Name: domain.Some(new("late")), ExpectedVersion: new(1)})
		refused(t, "outdated", err, domain.CodeConflict)
		l.delivery(hook, domain.DeliverySuccess, "card:moved")
		l.must(l.WebhookDelete(ctx, l.ida, hook.ID, nil))
		_, err = l.Webhook(ctx, l.ida, hook.ID, nil)
		refused(t, "deleted", err, domain.CodeNotFound)
		refused(t, "deleted twice", l.WebhookDelete(ctx, l.ida, hook.ID, nil), domain.CodeNotFound)
		l.must(l.WebhookDelete(ctx, l.ida, hook.ID, &l.workspace.ID))
		if left, err := l.Store.CountDeliveries(ctx, []string{hook.ID}, nil); err != nil || left[hook.ID] != 0 {
			t.Errorf("%v deliveries left, %v", left, err)
		}
		l.heard("nobody hears of webhooks", []string{})
	})
}

func TestWebhooksAreForAdmins(t *testing.T) {
	t.Parallel()
	onEveryLoft(t, func(t *testing.T, l *loft) {
		l.joins(l.max, l.workspace, l.board, domain.BoardEditor)
		hook, elsewhere := l.hook(), domain.NewID()
		delivery := l.delivery(hook, domain.DeliveryFailed, "card:moved")
		for name, call := range map[string]func(who *domain.Principal, in *string) error{
			"read": func(who *domain.Principal, in *string) error {
				_, err := l.Webhook(t.Context(), who, hook.ID, in)
				return err
			},
			"create": func(who *domain.Principal, in *string) error {
				input := l.input()
				if in != nil {
					input.WorkspaceID = *in
				}
				_, _, err := l.WebhookCreate(t.Context(), who, input)
				return err
			},
			"update": func(who *domain.Principal, in *string) error {
				_, err := l.WebhookUpdate(t.Context(), who, hook.ID, in, domain.WebhookPatch{Name: domain.Some(new("mine"))})
				return err
			},
			"secret": func(who *domain.Principal, in *string) error {
				_, _, err := l.WebhookRotateSecret(t.Context(), who, hook.ID, in, 0)
				return err
			},
			"delete": func(who *domain.Principal, in *string) error { return l.WebhookDelete(t.Context(), who, hook.ID, in) },
			"retry": func(who *domain.Principal, in *string) error {
				_, err := l.WebhookDeliveryRetry(t.Context(), who, delivery.ID, domain.DeliveryPath{WorkspaceID: in})
				return err
			},
		} {
			refused(t, name+" by a member", call(l.max, nil), domain.CodeForbidden)
			refused(t, name+" by a stranger", call(l.zoe, nil), domain.CodeForbidden)
			refused(t, name+" by a key that writes", call(l.key(l.workspace, domain.ScopeWrite), nil), domain.CodeForbidden)
			refused(t, name+" elsewhere", call(l.ida, &elsewhere), domain.CodeNotFound)
		}
		for name, call := range map[string]func() error{
			"pause":     func() error { _, err := l.WebhookPause(t.Context(), l.max, hook.ID); return err },
			"resume":    func() error { _, err := l.WebhookResume(t.Context(), l.max, hook.ID, false); return err },
			"test":      func() error { _, err := l.WebhookTest(t.Context(), l.max, hook.ID); return err },
			"redeliver": func() error { _, err := l.WebhookRedeliver(t.Context(), l.max, hook.ID, time.Time{}); return err },
		} {
			refused(t, name, call(), domain.CodeForbidden)
		}
		if len(l.pigeon.sent) > 0 {
			t.Errorf("sent %v", l.pigeon.sent)
		}
	})
}

func TestWebhookInputs(t *testing.T) {
	t.Parallel()
	onEveryLoft(t, func(t *testing.T, l *loft) {
		foreign, _, err := l.WorkspaceCreate(t.Context(), l.zoe, domain.WorkspaceCreateInput{Name: "Other", InitialBoard: &domain.BoardSeedInput{Name: "O"}})
		l.must(err)
		field, err := l.CustomFieldCreate(t.Context(), l.zoe, domain.CustomFieldCreateInput{WorkspaceID: foreign.ID, Name: "F", Type: domain.FieldText})
		l.must(err)
		boards, err := l.Store.WorkspaceBoardsOf(t.Context(), []string{foreign.ID}, domain.Page{ByRow: true, All: true})
		l.must(err)
		textOf := func(id string) *domain.CardFilter {
			return &domain.CardFilter{CustomFields: []*domain.CustomFieldFilter{{ID: id, Text: &domain.StringFilter{Eq: new("x")}}}}
		}
		own, err := l.CustomFieldCreate(t.Context(), l.ida, domain.CustomFieldCreateInput{WorkspaceID: l.workspace.ID, Name: "F", Type: domain.FieldNumber})
		l.must(err)
		for name, row := range map[string]struct {
			change func(in *domain.WebhookCreateInput)
			code   domain.Code
		}{
			"good": {func(*domain.WebhookCreateInput) {}, ""},
			"every name of an event": {func(in *domain.WebhookCreateInput) {
				in.EventTypes = []string{"separator:created", "card:feedItem:created"}
			}, ""},
			"no name":                 {func(in *domain.WebhookCreateInput) { in.Name = " \t" }, domain.CodeValidation},
			"long name":               {func(in *domain.WebhookCreateInput) { in.Name = strings.Repeat("n", 121) }, domain.CodeValidation},
			"relative URL":            {func(in *domain.WebhookCreateInput) { in.URL = "/k" }, domain.CodeValidation},
			"URL of another kind":     {func(in *domain.WebhookCreateInput) { in.URL = "ftp://sink.test/" }, domain.CodeValidation},
			"long URL":                {func(in *domain.WebhookCreateInput) { in.URL = "https://sink.test/" + strings.Repeat("k", 2000) }, domain.CodeValidation},
			"no name of an event":     {func(in *domain.WebhookCreateInput) { in.EventTypes = []string{"card"} }, domain.CodeValidation},
			"empty name of an event":  {func(in *domain.WebhookCreateInput) { in.EventTypes = []string{""} }, domain.CodeValidation},
			"board of others":         {func(in *domain.WebhookCreateInput) { in.BoardIDs = []string{boards[foreign.ID].Nodes[0].ID} }, domain.CodeBadRequest},
			"no board":                {func(in *domain.WebhookCreateInput) { in.BoardIDs = []string{domain.NewID()} }, domain.CodeBadRequest},
			"field of others":         {func(in *domain.WebhookCreateInput) { in.CardFilter = textOf(field.ID) }, domain.CodeBadRequest},
			"comparator of text":      {func(in *domain.WebhookCreateInput) { in.CardFilter = textOf(own.ID) }, domain.CodeBadRequest},
			"key that nobody has":     {func(in *domain.WebhookCreateInput) { in.APIKeyID = new(domain.NewID()) }, domain.CodeBadRequest},
			"workspace nobody has":    {func(in *domain.WebhookCreateInput) { in.WorkspaceID = domain.NewID() }, domain.CodeNotFound},
			"too many boards":         {func(in *domain.WebhookCreateInput) { in.BoardIDs = make([]string, 201) }, domain.CodeValidation},
			"too many names of event": {func(in *domain.WebhookCreateInput) { in.EventTypes = slices.Repeat([]string{"a:b"}, 201) }, domain.CodeValidation},
		} {
			in := l.input()
			row.change(&in)
			_, _, err := l.WebhookCreate(t.Context(), l.ida, in)
			if row.code == "" && err != nil || row.code != "" && domain.CodeOf(err) != row.code {
				t.Errorf("%s: %v, want %q", name, err, row.code)
			}
		}
		hook := l.hook()
		for name, patch := range map[string]domain.WebhookPatch{
			"nothing": {ExpectedVersion: new(1)}, "no name": {Name: domain.Some[*string](nil)}, "no URL": {URL: domain.Some[*string](nil)},
			"neither": {Enabled: domain.Some[*bool](nil)},
		} {
			_, err := l.WebhookUpdate(t.Context(), l.ida, hook.ID, nil, patch)
			refused(t, name, err, domain.CodeValidation)
		}
	})
}

func TestWorkspaceHasRoomForHundredWebhooks(t *testing.T) {
	t.Parallel()
	onEveryLoft(t, func(t *testing.T, l *loft) {
		for range 100 {
			l.hook()
		}
		_, _, err := l.WebhookCreate(t.Context(), l.ida, l.input())
		refused(t, "one more", err, domain.CodeBadRequest)
	})
}

func TestWebhookURLsAreJudgedByThePort(t *testing.T) {
	t.Parallel()
	service := &domain.Service{Webhooks: domain.WebhookPorts{CheckURL: func(string) error { return domain.Invalid(domain.Custom("is ugly", "url")) }}}
	_, _, err := service.WebhookCreate(t.Context(), nil, domain.WebhookCreateInput{Name: "hook", URL: "https://sink.test/"})
	fault, ok := errors.AsType[*domain.Error](err)
	if !ok || fault.Field() != "input.url" || !strings.Contains(fault.Message, "is ugly") {
		t.Errorf("got %v", err)
	}
}
