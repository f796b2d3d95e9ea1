package domain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
)

// TrustedDocument is a GraphQL document that an operator registered for an organisation. Keys can be limited to these.
// It never changes: another text is another document.
type TrustedDocument struct {
	OrganisationID string `gorm:"primaryKey"`
	Hash           string `gorm:"primaryKey"` // DocumentHash of the text
	Text           string
	CreatedAt      time.Time
}

// Documents remembers the texts of documents under their hashes for a while, so that clients need not send them again.
type Documents interface {
	// LoadDocument returns the text of a hash; empty when it is not known, or no longer.
	LoadDocument(ctx context.Context, hash string) (string, error)
	// SaveDocument remembers a text. The hash must be that of the text.
	SaveDocument(ctx context.Context, hash, text string) error
}

// DocumentHash is the lower-case hexadecimal SHA-256 of a document's text, byte by byte.
func DocumentHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// DocumentsRegister registers documents for the organisation of a workspace, all or none. Those that are registered
// already stay as they are. NOT_FOUND when there is no such workspace.
func (s *Service) DocumentsRegister(ctx context.Context, workspaceID string, texts ...string) ([]*TrustedDocument, error) {
	return inTx(ctx, s.Store, func(tx Store) ([]*TrustedDocument, error) {
		workspace := &Workspace{ID: workspaceID}
		if err := tx.Load(ctx, workspace); err != nil {
			return nil, err
		}
		documents := make([]*TrustedDocument, 0, len(texts))
		for _, text := range slices.Compact(slices.Sorted(slices.Values(texts))) {
			document := &TrustedDocument{OrganisationID: workspace.OrganisationID, Hash: DocumentHash(text)}
			err := tx.Load(ctx, document)
			if CodeOf(err) == CodeNotFound {
				document.Text, document.CreatedAt = text, s.Now()
				err = tx.Insert(ctx, document)
			}
			if err != nil {
				return nil, err
			}
			documents = append(documents, document)
		}
		return documents, nil
	})
}

// RegisteredDocument returns the text of a document that is registered in the organisation the principal works in;
// empty when there is none.
func (s *Service) RegisteredDocument(ctx context.Context, who *Principal, hash string) (string, error) {
	document := &TrustedDocument{OrganisationID: who.OrganisationID, Hash: hash}
	err := s.Store.Load(ctx, document)
	if CodeOf(err) == CodeNotFound {
		return "", nil
	}
	return document.Text, err
}
