package domain

import (
	"encoding/json"
	"fmt"
)

// envelope is an event as it is sent.
type envelope struct {
	ID           string          `json:"id"`
	Type         string          `json:"type"`
	WorkspaceID  string          `json:"workspaceId"`
	BoardID      *string         `json:"boardId,omitempty"`
	CardID       *string         `json:"cardId,omitempty"` // only when the data has it, as the contract says
	OccurredAt   string          `json:"occurredAt"`
	Sequence     int64           `json:"sequence"`
	CardSequence *int64          `json:"cardSequence,omitempty"`
	Data         json.RawMessage `json:"data"`
}

// Envelope returns the event as webhooks send it: the documented members, and its place in the order of its workspace
// and of its card. The bytes of an event that was read back are the same every time.
func (e *Event) Envelope() ([]byte, error) {
	var about struct {
		CardID *string `json:"cardId"`
	}
	if err := json.Unmarshal(e.Data, &about); err != nil {
		return nil, fmt.Errorf("data of event %s: %w", e.ID, err)
	}
	return json.Marshal(envelope{ID: e.ID, Type: e.Type, WorkspaceID: e.WorkspaceID, BoardID: e.BoardID, CardID: about.CardID,
		OccurredAt: stamp(e.OccurredAt), Sequence: e.Sequence, CardSequence: e.CardSequence, Data: e.Data})
}
