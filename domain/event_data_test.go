package domain

import (
	"encoding/json"
	"testing"
	"time"
)

func TestCardsAreShownCompactly(t *testing.T) {
	t.Parallel()
	at := time.Date(2030, 3, 4, 9, 0, 0, 0, time.UTC)
	card := &Card{ID: "c", OrganisationKey: "0A", WorkspaceID: "w", BoardID: "b", ListID: "l", KeyPrefix: "GARDEN", Number: 4,
		Title: "Plant basil", Position: PositionStep, CreatedByID: "u", CreatedAt: at, UpdatedAt: at}
	const bare = `{"boardId":"b","createdAt":"2030-03-04T09:00:00.000Z","createdById":"u","id":"c","key":"GARDEN-4","listId":"l",` +
		`"number":4,"organisationKey":"0A","position":"1000.0000000000","title":"Plant basil",` +
		`"updatedAt":"2030-03-04T09:00:00.000Z","workspaceId":"w"}`
	expectJSON(t, card.wire(), bare)
	text, day, slot, zone := "Soil", "2030-03-05", SlotMorning, "Europe/Vienna"
	card.Description, card.DueDay, card.DueSlot, card.DueTimeZone, card.CompletedAt = &text, &day, &slot, &zone, &at
	expectJSON(t, card.wire(), `{"boardId":"b","completedAt":"2030-03-04T09:00:00.000Z","createdAt":"2030-03-04T09:00:00.000Z",`+
		`"createdById":"u","description":"Soil","dueDateLocalDate":"2030-03-05","dueDateSlot":"morning",`+
		`"dueDateTimezone":"Europe/Vienna","id":"c","key":"GARDEN-4","listId":"l","number":4,"organisationKey":"0A",`+
		`"position":"1000.0000000000","title":"Plant basil","updatedAt":"2030-03-04T09:00:00.000Z","workspaceId":"w"}`)
}

func TestStructureIsShownWhole(t *testing.T) {
	t.Parallel()
	at := time.Date(2030, 3, 4, 9, 0, 0, 0, time.UTC)
	red, icon := ColorRed, "rocket"
	expectJSON(t, (&Board{ID: "b", WorkspaceID: "w", Name: "Spring", IconColor: &red, CreatedAt: at, UpdatedAt: at}).wire(),
		`{"archivedAt":null,"backgroundGradient":null,"createdAt":"2030-03-04T09:00:00.000Z","description":null,"groupId":null,`+
			`"icon":null,"iconColor":"red","id":"b","name":"Spring","position":"0.0000000000","standaloneGroupId":null,`+
			`"updatedAt":"2030-03-04T09:00:00.000Z","workspaceId":"w"}`)
	field := &CustomField{ID: "f", WorkspaceID: "w", Name: "Bed", Icon: &icon, Type: FieldSelect, ShowOnCard: true, CreatedAt: at, UpdatedAt: at}
	option := &CustomFieldOption{ID: "o", FieldID: "f", Label: "North", Color: &red, CreatedAt: at, UpdatedAt: at}
	expectJSON(t, field.wire([]*CustomFieldOption{option}),
		`{"allowMultiple":false,"archivedAt":null,"createdAt":"2030-03-04T09:00:00.000Z","icon":"rocket","id":"f","name":"Bed",`+
			`"options":[{"archivedAt":null,"color":"red","createdAt":"2030-03-04T09:00:00.000Z","fieldId":"f","id":"o",`+
			`"label":"North","position":"0.0000000000","updatedAt":"2030-03-04T09:00:00.000Z"}],"position":"0.0000000000",`+
			`"showOnCard":true,"type":"select","updatedAt":"2030-03-04T09:00:00.000Z","workspaceId":"w"}`)
	expectJSON(t, field.wire(nil)["options"], `[]`)
	workspace := &Workspace{ID: "w", OrganisationID: "o", Name: "Garden", CardKeyPrefix: "GARDEN", Kind: StandardWorkspace,
		Icon: &icon, CompletedCardsActiveDays: 35, BoardLinkingEnabled: true, CreatedAt: at, UpdatedAt: at}
	expectJSON(t, workspace.wire(), `{"accentColor":null,"archivedAt":null,"boardLinkingEnabled":true,"cardKeyPrefix":"GARDEN",`+
		`"clientId":"o","completedCardsActiveDays":35,"createdAt":"2030-03-04T09:00:00.000Z","icon":"rocket","id":"w",`+
		`"kind":"standard","name":"Garden","updatedAt":"2030-03-04T09:00:00.000Z"}`)
}

func expectJSON(t *testing.T, value any, want string) {
	t.Helper()
	got, err := json.Marshal(value)
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}
