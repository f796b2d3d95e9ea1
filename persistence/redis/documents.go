package redis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	documentKept = 7 * 24 * time.Hour        // since the document was last asked for
	documentWait = 100 * time.Millisecond    // a client sends its document again sooner than it waits for Redis
	documentKey  = "kanera:document:sha256:" // and the hash
)

// Documents is domain.Documents on Redis: one string for each document, one round trip for each call.
type Documents struct{ client *Client }

// NewDocuments returns the memory of documents.
func NewDocuments(client *Client) *Documents { return &Documents{client} }

// LoadDocument implements domain.Documents. What is asked for is kept for another week.
func (d *Documents) LoadDocument(ctx context.Context, hash string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, documentWait)
	defer cancel()
	text, err := d.client.redis.GetEx(ctx, documentKey+hash, documentKept).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("load a document: %w", err)
	}
	return text, nil
}

// SaveDocument implements domain.Documents.
func (d *Documents) SaveDocument(ctx context.Context, hash, text string) error {
	ctx, cancel := context.WithTimeout(ctx, documentWait)
	defer cancel()
	if err := d.client.redis.Set(ctx, documentKey+hash, text, documentKept).Err(); err != nil {
		return fmt.Errorf("save a document: %w", err)
	}
	return nil
}
