package domain_test

import (
	"slices"
	"testing"
	"time"

	"kanera.dev/domain"
)

func TestPausedWebhooksMissEventsUnlessReplayed(t *testing.T) {
	t.Parallel()
	for name, resume := range map[string]func(l *loft, hook *domain.Webhook) (replays bool, err error){
		"resumed": func(l *loft, hook *domain.Webhook) (bool, error) {
			_, err := l.WebhookResume(l.t.Context(), l.ida, hook.ID, false)
			return false, err
		},
		"resumed with what it missed": func(l *loft, hook *domain.Webhook) (bool, error) {
			_, err := l.WebhookResume(l.t.Context(), l.ida, hook.ID, true)
			return true, err
		},
		"updated": func(l *loft, hook *domain.Webhook) (bool, error) {
			_, err := l.WebhookUpdate(l.t.Context(), l.ida, hook.ID, nil, domain.WebhookPatch{Enabled: domain.Some(new(true))})
			return false, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEveryLoft(t, func(t *testing.T, l *loft) {
				hook := l.hook()
				before := l.planned(hook)
				paused, err := l.WebhookPause(t.Context(), l.ida, hook.ID)
				l.must(err)
				if paused.Enabled || *paused.DisabledReason != domain.DisabledByUser {
					t.Errorf("paused is %+v", paused)
				}
				paused.FailingSince = new(l.Now())
				l.must(l.Store.Update(t.Context(), paused))
				l.card(l.board, l.lists(l.workspace)[0], "missed")
				replays, err := resume(l, hook)
				l.must(err)
				want := map[bool]int64{true: before, false: l.last()}[replays]
				after, err := l.Webhook(t.Context(), l.ida, hook.ID, nil)
				l.must(err)
				if l.planned(hook) != want || !after.Enabled || after.DisabledReason != nil || after.FailingSince != nil || (l.pigeon.woken == 1) != replays {
					t.Errorf("hears from %d on, want %d; woken %d times; %+v", l.planned(hook), want, l.pigeon.woken, after)
				}
			})
		})
	}
}

func TestRotatedSecretsOverlap(t *testing.T) {
	t.Parallel()
	onEveryLoft(t, func(t *testing.T, l *loft) {
		hook := l.hook()
		signs := func(what string, want ...string) {
			t.Helper()
			read, err := l.Webhook(t.Context(), l.ida, hook.ID, nil)
			l.must(err)
			if got, err := l.SigningSecrets(read); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: signs with %v, %v; want %v", what, got, err, want)
			}
		}
		rotate := func(hours int) {
			t.Helper()
			_, _, err := l.WebhookRotateSecret(t.Context(), l.ida, hook.ID, nil, hours)
			l.must(err)
		}
		signs("at first", "whsec_1")
		rotate(24)
		signs("during the overlap", "whsec_2", "whsec_1")
		l.clock.pass(24*time.Hour - time.Second)
		signs("at its end", "whsec_2", "whsec_1")
		l.clock.pass(time.Second)
		signs("after it", "whsec_2")
		rotate(1)
		rotate(1)
		signs("twice in a row", "whsec_4", "whsec_3")
		rotate(0)
		signs("without overlap", "whsec_5")
		for _, hours := range []int{-1, 169} {
			_, _, err := l.WebhookRotateSecret(t.Context(), l.ida, hook.ID, nil, hours)
			refused(t, "overlap", err, domain.CodeValidation)
		}
		hook.ID = domain.NewID()
		if _, err := l.SigningSecrets(hook); err == nil {
			t.Error("the secret of one webhook signs for another")
		}
		l.Webhooks.Vault = nil
		_, _, err := l.WebhookCreate(t.Context(), l.ida, l.input())
		refused(t, "without a vault", err, domain.CodeUnavailable)
	})
}

func TestWebhooksOfKeys(t *testing.T) {
	t.Parallel()
	onEveryLoft(t, func(t *testing.T, l *loft) {
		ctx := t.Context()
		other, _, err := l.WorkspaceCreate(ctx, l.ida, domain.WorkspaceCreateInput{Name: "Other"})
		l.must(err)
		personal := func(who *domain.Principal) string {
			_, key, err := l.KeyCreate(ctx, domain.KeyRequest{Kind: domain.PersonalKey, WorkspaceID: l.workspace.ID, UserEmail: who.UserName + "@fern.test", Environment: "test"})
			l.must(err)
			return key.ID
		}
		reader, plain := l.key(l.workspace, domain.ScopeRead), personal(l.max)
		revoked := l.key(l.workspace, domain.ScopeRead).KeyID
		_, err = l.KeyRevoke(ctx, revoked)
		l.must(err)
		create := func(key string, filter *domain.CardFilter) (*domain.Webhook, error) {
			in := l.input()
			in.APIKeyID, in.CardFilter = &key, filter
			_, hook, err := l.WebhookCreate(ctx, l.ida, in)
			return hook, err
		}
		for name, key := range map[string]string{"of another workspace": l.key(other, domain.ScopeRead).KeyID, "revoked": revoked} {
			_, err := create(key, nil)
			refused(t, name, err, domain.CodeBadRequest)
		}
		field, err := l.CustomFieldCreate(ctx, l.ida, domain.CustomFieldCreateInput{WorkspaceID: l.workspace.ID, Name: "F", Type: domain.FieldText})
		l.must(err)
		filter := &domain.CardFilter{CustomFields: []*domain.CustomFieldFilter{{ID: field.ID, Text: &domain.StringFilter{Null: new(false)}}}}
		_, err = create(plain, filter)
		refused(t, "filter by a field that the key does not see", err, domain.CodeBadRequest)
		hook, err := create(reader.KeyID, filter)
		l.must(err)
		his, err := create(plain, nil)
		l.must(err)
		listeners, err := l.Listeners(ctx, []*domain.Webhook{hook, his, l.hook()})
		l.must(err)
		if len(listeners) != 3 || listeners[hook.ID].KeyID != reader.KeyID || listeners[hook.ID].Scope != domain.ScopeRead || listeners[his.ID].UserID != l.max.UserID {
			t.Errorf("listening are %+v", listeners)
		}
		_, err = l.KeyRevoke(ctx, reader.KeyID)
		l.must(err)
		ended, err := l.Webhook(ctx, l.ida, hook.ID, nil)
		l.must(err)
		if ended.Enabled || *ended.DisabledReason != domain.DisabledKeyRevoked || ended.Version != 2 {
			t.Errorf("after its key was revoked: %+v", ended)
		}
		if listeners, err := l.Listeners(ctx, []*domain.Webhook{hook, his}); err != nil || len(listeners) != 1 || listeners[his.ID] == nil {
			t.Errorf("listening are %+v, %v", listeners, err)
		}
		_, err = l.WebhookResume(ctx, l.ida, hook.ID, true)
		refused(t, "resumed without its key", err, domain.CodeBadRequest)
		_, err = l.WebhookUpdate(ctx, l.ida, hook.ID, nil, domain.WebhookPatch{APIKeyID: domain.Some[*string](nil), Enabled: domain.Some(new(true))})
		l.must(err)
		l.must(l.Store.Delete(ctx, &domain.APIKey{ID: plain}))
		_, err = l.Webhook(ctx, l.ida, his.ID, nil)
		refused(t, "of a key that is gone", err, domain.CodeNotFound)
	})
}

// A personal key works in every organisation of its owner, so they may give it to a webhook in each; nobody else may.
func TestWebhooksTakeTheKeyOfTheCaller(t *testing.T) {
	t.Parallel()
	onEveryLoft(t, func(t *testing.T, l *loft) {
		ctx := t.Context()
		elsewhere, _, err := l.WorkspaceCreate(ctx, l.zoe, domain.WorkspaceCreateInput{Name: "Elsewhere"})
		l.must(err)
		l.must(l.Store.Insert(ctx, &domain.OrganisationMembership{OrganisationID: l.workspace.OrganisationID, UserID: l.zoe.UserID,
			Role: domain.OrganisationAdmin, AddedAt: l.Now()}))
		secret, key, err := l.KeyCreate(ctx, domain.KeyRequest{Kind: domain.PersonalKey, WorkspaceID: elsewhere.ID, UserEmail: "Zoe@fern.test", Environment: "test"})
		l.must(err)
		zoe, err := l.Authenticate(ctx, secret)
		l.must(err)
		in := l.input()
		in.APIKeyID = &key.ID
		if _, _, err := l.WebhookCreate(ctx, zoe, in); err != nil {
			t.Errorf("her own: %v", err)
		}
		_, _, err = l.WebhookCreate(ctx, l.ida, in)
		refused(t, "somebody else's", err, domain.CodeBadRequest)
	})
}

func TestWebhookTest(t *testing.T) {
	t.Parallel()
	onEveryLoft(t, func(t *testing.T, l *loft) {
		hook := l.hook()
		_, err := l.WebhookPause(t.Context(), l.ida, hook.ID)
		l.must(err)
		delivery, err := l.WebhookTest(t.Context(), l.ida, hook.ID)
		l.must(err)
		events, err := l.Store.Events(t.Context(), []string{delivery.EventID})
		l.must(err)
		event := events[delivery.EventID]
		if delivery.Status != domain.DeliverySuccess || delivery.Attempts != 1 || event == nil || event.Type != domain.EventWebhookTest ||
			!sameJSON(event.Data, `{"webhookId":"`+hook.ID+`"}`) || !slices.Equal(l.pigeon.sent, []string{domain.EventWebhookTest}) {
			t.Errorf("delivery %+v, event %+v", delivery, event)
		}
		l.Webhooks.Courier = nil
		_, err = l.WebhookTest(t.Context(), l.ida, hook.ID)
		refused(t, "where nothing is sent", err, domain.CodeUnavailable)
		if counts, err := l.Store.CountDeliveries(t.Context(), []string{hook.ID}, nil); err != nil || counts[hook.ID] != 1 {
			t.Errorf("%v deliveries, %v", counts, err)
		}
	})
}

func TestDeliveriesAreRetried(t *testing.T) {
	t.Parallel()
	onEveryLoft(t, func(t *testing.T, l *loft) {
		hook := l.hook()
		for status, code := range map[domain.DeliveryStatus]domain.Code{domain.DeliveryFailed: "", domain.DeliveryQueued: domain.CodeBadRequest, domain.DeliverySuccess: domain.CodeBadRequest} {
			delivery := l.delivery(hook, status, "card:moved")
			after, err := l.WebhookDeliveryRetry(t.Context(), l.ida, delivery.ID, domain.DeliveryPath{WorkspaceID: &hook.WorkspaceID, WebhookID: &hook.ID})
			if code != "" {
				refused(t, string(status), err, code)
			} else if l.must(err); after.Status != domain.DeliverySuccess || after.Attempts != 9 {
				t.Errorf("after the retry %+v", after)
			}
		}
		failed := l.delivery(hook, domain.DeliveryFailed, "card:moved")
		_, err := l.WebhookDeliveryRetry(t.Context(), l.ida, failed.ID, domain.DeliveryPath{WebhookID: new(domain.NewID())})
		refused(t, "of another webhook", err, domain.CodeNotFound)
		_, err = l.WebhookPause(t.Context(), l.ida, hook.ID)
		l.must(err)
		_, err = l.WebhookDeliveryRetry(t.Context(), l.ida, failed.ID, domain.DeliveryPath{})
		refused(t, "while paused", err, domain.CodeBadRequest)
		_, err = l.WebhookRedeliver(t.Context(), l.ida, hook.ID, time.Time{})
		refused(t, "all while paused", err, domain.CodeBadRequest)
		if len(l.pigeon.sent) != 1 {
			t.Errorf("sent %v", l.pigeon.sent)
		}
	})
}

func TestWhatFailedIsQueuedAgain(t *testing.T) {
	t.Parallel()
	onEveryLoft(t, func(t *testing.T, l *loft) {
		hook := l.hook()
		early := l.delivery(hook, domain.DeliveryFailed, "card:moved")
		l.clock.pass(time.Hour)
		since := l.Now()
		late := []*domain.Delivery{l.delivery(hook, domain.DeliveryFailed, "card:moved"), l.delivery(hook, domain.DeliveryFailed, "card:created")}
		l.delivery(hook, domain.DeliverySuccess, "card:moved")
		l.delivery(hook, domain.DeliveryFailed, domain.EventWebhookTest)
		l.delivery(l.hook(), domain.DeliveryFailed, "card:moved")
		l.clock.pass(time.Minute)
		if count, err := l.WebhookRedeliver(t.Context(), l.ida, hook.ID, since); err != nil || count != len(late) || l.pigeon.woken != 1 {
			t.Errorf("%d queued, %v, woken %d times", count, err, l.pigeon.woken)
		}
		for _, delivery := range late {
			l.must(l.Store.Load(t.Context(), delivery))
			if delivery.Status != domain.DeliveryQueued || delivery.Tries != 0 || delivery.Attempts != 8 || !delivery.NextAttemptAt.Equal(l.Now()) {
				t.Errorf("queued as %+v", delivery)
			}
		}
		if l.must(l.Store.Load(t.Context(), early)); early.Status != domain.DeliveryFailed {
			t.Errorf("queued although it failed before: %+v", early)
		}
		if count, err := l.WebhookRedeliver(t.Context(), l.ida, hook.ID, since); err != nil || count != 0 || l.pigeon.woken != 1 {
			t.Errorf("%d queued again, %v, woken %d times", count, err, l.pigeon.woken)
		}
	})
}
