package domain

// Vault keeps secrets that have to be read again, so that whoever reads the database learns nothing.
type Vault interface {
	// Seal encrypts a secret for a context, such as the id of the row that holds it. The result differs each time.
	Seal(secret []byte, context string) []byte
	// Open returns what Seal was given. It fails for another context, another key and anything that was altered.
	Open(sealed []byte, context string) ([]byte, error)
}
