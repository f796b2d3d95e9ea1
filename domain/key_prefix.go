package domain

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Card keys begin with the prefix of their workspace. A prefix is reserved in its organisation for ever, also after
// the workspace was renamed or deleted, so that an old key never means another card.

const (
	maxKeyPrefix     = 10
	keyPrefixPattern = `^[A-Z][A-Z0-9]{1,9}$`
)

var keyPrefixForm = regexp.MustCompile(keyPrefixPattern)

// checkKeyPrefix brings a prefix to upper case and checks its form.
func checkKeyPrefix(c *Checks, prefix string, path ...any) string {
	prefix = strings.ToUpper(prefix)
	if !keyPrefixForm.MatchString(prefix) {
		c.Add(WrongFormat("regex", keyPrefixPattern, path...))
	}
	return prefix
}

// deriveKeyPrefix makes a prefix of the letters A to Z and digits of a name, accents taken off.
func deriveKeyPrefix(name string) string {
	var b strings.Builder
	for _, r := range name {
		r = plainLetter(unicode.ToUpper(r))
		letter := r >= 'A' && r <= 'Z'
		if b.Len() < maxKeyPrefix && (letter || r >= '0' && r <= '9' && b.Len() > 0) {
			b.WriteRune(r)
		}
	}
	switch b.Len() {
	case 0:
		return "WS"
	case 1:
		return b.String() + "X"
	}
	return b.String()
}

// numberedKeyPrefix is the n-th choice for a prefix: the prefix itself, then with 2, 3 and so on at its end.
func numberedKeyPrefix(prefix string, n int) string {
	if n == 1 {
		return prefix
	}
	suffix := strconv.Itoa(n)
	return prefix[:min(len(prefix), maxKeyPrefix-len(suffix))] + suffix
}

// accented lists the upper-case letters that are a plain letter with marks, by that letter.
var accented = map[rune]string{
	'A': "ÀÁÂÃÄÅĀĂĄǍǞǠǺȀȂȦḀẠẢẤẦẨẪẬẮẰẲẴẶ", 'B': "ḂḄḆ", 'C': "ÇĆĈĊČḈ", 'D': "ĎḊḌḎḐḒ",
	'E': "ÈÉÊËĒĔĖĘĚȄȆȨḔḖḘḚḜẸẺẼẾỀỂỄỆ", 'F': "Ḟ", 'G': "ĜĞĠĢǦǴḠ", 'H': "ĤȞḢḤḦḨḪ", 'I': "ÌÍÎÏĨĪĬĮİǏȈȊḬḮỈỊ",
	'J': "Ĵ", 'K': "ĶǨḰḲḴ", 'L': "ĹĻĽḶḸḺḼ", 'M': "ḾṀṂ", 'N': "ÑŃŅŇǸṄṆṈṊ",
	'O': "ÒÓÔÕÖŌŎŐƠǑǪǬȌȎȪȬȮȰṌṎṐṒỌỎỐỒỔỖỘỚỜỞỠỢ", 'P': "ṔṖ", 'R': "ŔŖŘȐȒṘṚṜṞ", 'S': "ŚŜŞŠȘṠṢṤṦṨ",
	'T': "ŢŤȚṪṬṮṰ", 'U': "ÙÚÛÜŨŪŬŮŰŲƯǓǕǗǙǛȔȖṲṴṶṸṺỤỦỨỪỬỮỰ", 'V': "ṼṾ", 'W': "ŴẀẂẄẆẈ", 'X': "ẊẌ",
	'Y': "ÝŶŸȲẎỲỴỶỸ", 'Z': "ŹŻŽẐẒẔ",
}

// fullWidth is the distance of the wide forms of ASCII characters from the plain ones.
const fullWidth = '！' - '!'

// plainLetter takes the marks off an upper-case letter and narrows a wide one; others stay as they are.
func plainLetter(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - fullWidth
	}
	for plain, marked := range accented {
		if r > unicode.MaxASCII && strings.ContainsRune(marked, r) {
			return plain
		}
	}
	return r
}

// claimKeyPrefix finds and reserves the prefix of a new workspace: the one asked for, or the first free one derived
// from its name. An asked one that is reserved is CONFLICT. It locks the organisation.
func (s *Service) claimKeyPrefix(ctx context.Context, tx Store, workspace *Workspace, asked string) error {
	if err := tx.Lock(ctx, &Organisation{ID: workspace.OrganisationID}); err != nil {
		return err
	}
	wanted := asked
	if asked == "" {
		wanted = deriveKeyPrefix(workspace.Name)
	}
	for n := 1; ; n++ {
		prefix := numberedKeyPrefix(wanted, n)
		owner, err := keyPrefixOwner(ctx, tx, workspace.OrganisationID, prefix)
		switch {
		case err != nil:
			return err
		case owner == "":
			workspace.CardKeyPrefix = prefix
			return tx.Insert(ctx, s.reservation(workspace))
		case asked != "":
			return errPrefixTaken()
		}
	}
}

// changeKeyPrefix gives a workspace another prefix and rewrites the keys of its cards. The workspace may take back
// one it had before; one of another workspace is CONFLICT. It locks the organisation.
func (s *Service) changeKeyPrefix(ctx context.Context, tx Store, workspace *Workspace, prefix string) error {
	if err := tx.Lock(ctx, &Organisation{ID: workspace.OrganisationID}); err != nil {
		return err
	}
	owner, err := keyPrefixOwner(ctx, tx, workspace.OrganisationID, prefix)
	if err != nil {
		return err
	}
	if owner != "" && owner != workspace.ID {
		return errPrefixTaken()
	}
	workspace.CardKeyPrefix = prefix
	if owner == "" {
		if err := tx.Insert(ctx, s.reservation(workspace)); err != nil {
			return err
		}
	}
	return tx.RenameKeyPrefix(ctx, workspace.ID, prefix)
}

func (s *Service) reservation(workspace *Workspace) *KeyPrefix {
	return &KeyPrefix{OrganisationID: workspace.OrganisationID, Prefix: workspace.CardKeyPrefix, WorkspaceID: workspace.ID,
		CreatedAt: s.Now()}
}

// keyPrefixOwner returns the workspace a prefix is reserved for; empty when it is free.
func keyPrefixOwner(ctx context.Context, tx Store, organisationID, prefix string) (string, error) {
	reserved := &KeyPrefix{OrganisationID: organisationID, Prefix: prefix}
	err := tx.Load(ctx, reserved)
	if CodeOf(err) == CodeNotFound {
		return "", nil
	}
	return reserved.WorkspaceID, err
}

func errPrefixTaken() error { return Conflict("This key prefix is reserved in the organisation.") }
