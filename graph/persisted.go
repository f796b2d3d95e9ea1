package graph

import (
	"context"
	"regexp"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// persistedQuery is the extension that names a document by its hash instead of sending it.
const persistedQuery = "persistedQuery"

// maxPersistedBytes is how long a document may be to be remembered for its hash.
const maxPersistedBytes = 64 << 10

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Persisted lets callers send a document once, and its hash from then on.
func Persisted(documents domain.Documents) Option {
	return func(e *Executor) { e.persisted = documents }
}

// registration is a registered document in the memory of this process: it never changes, so it is read only once.
type registration struct{ organisationID, hash string }

// find fills in the text of a request that only brings a hash, and sees to it that a key limited to registered
// documents runs no other. It returns the hash that the text is to be remembered under, empty for none.
func (e *Executor) find(ctx context.Context, params *graphql.RawParams) (keep string, err error) {
	hash, err := hashOf(params)
	if err != nil {
		return "", err
	}
	who := domain.PrincipalFrom(ctx)
	if who != nil && who.DocumentsOnly {
		return "", e.findRegistered(ctx, who, hash, params)
	}
	if hash == "" {
		return "", nil
	}
	if params.Query != "" {
		return hash, nil
	}
	if who != nil {
		if params.Query, err = e.registered(ctx, who, hash); err != nil || params.Query != "" {
			return "", err
		}
	}
	if params.Query = e.remembered(ctx, hash); params.Query == "" {
		return "", &domain.Error{Code: codePersistedUnknown, Message: "PersistedQueryNotFound"}
	}
	return "", nil
}

// hashOf returns the hash in a request, empty for none.
func hashOf(params *graphql.RawParams) (string, error) {
	extension, given := params.Extensions[persistedQuery]
	if !given {
		return "", nil
	}
	members, _ := extension.(map[string]any)
	hash, _ := members["sha256Hash"].(string)
	if version, _ := members["version"].(float64); version != 1 || !hashForm.MatchString(hash) {
		return "", domain.BadRequest("extensions.persistedQuery must be {version: 1, sha256Hash}, the hash in lower-case hexadecimal.")
	}
	if params.Query != "" && domain.DocumentHash(params.Query) != hash {
		return "", &domain.Error{Code: codePersistedOther, Message: "sha256Hash is not the SHA-256 of query."}
	}
	return hash, nil
}

func (e *Executor) findRegistered(ctx context.Context, who *domain.Principal, hash string, params *graphql.RawParams) error {
	if hash == "" {
		hash = domain.DocumentHash(params.Query)
	}
	text, err := e.registered(ctx, who, hash)
	if err == nil && text == "" {
		err = domain.Unregistered()
	}
	params.Query = text
	return err
}

// registered returns the text of a registered document, empty for none.
func (e *Executor) registered(ctx context.Context, who *domain.Principal, hash string) (string, error) {
	key := registration{who.OrganisationID, hash}
	if text, ok := e.trusted.Get(key); ok {
		return text, nil
	}
	text, err := e.service.RegisteredDocument(ctx, who, hash)
	if text != "" {
		e.trusted.Add(key, text)
	}
	return text, err
}

// remembered returns the text that a caller sent earlier, empty for none. While the memory cannot be reached callers
// send their documents again.
func (e *Executor) remembered(ctx context.Context, hash string) string {
	if e.persisted == nil {
		return ""
	}
	text, err := e.persisted.LoadDocument(ctx, hash)
	if err != nil {
		e.log.WarnContext(ctx, "cannot look up a persisted query", "requestId", RequestID(ctx), "error", err)
	}
	if domain.DocumentHash(text) != hash { // whatever lies there: a hash runs the document it is the hash of
		return ""
	}
	return text
}

// remember keeps a document that was let in. Those of callers without a key are not worth the memory.
func (e *Executor) remember(ctx context.Context, hash, text string) {
	if e.persisted == nil || hash == "" || len(text) > maxPersistedBytes || domain.PrincipalFrom(ctx) == nil {
		return
	}
	if err := e.persisted.SaveDocument(ctx, hash, text); err != nil {
		e.log.WarnContext(ctx, "cannot keep a persisted query", "requestId", RequestID(ctx), "error", err)
	}
}
