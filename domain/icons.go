package domain

import "regexp"

const maxIcon = 60

var iconForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Icon checks the slug of an icon; nil is no icon. The catalogue of icons is not part of the server, so any
// well-formed slug passes.
func (c *Checks) Icon(icon *string, path ...any) {
	if icon == nil {
		return
	}
	before := len(c.issues)
	c.Text(*icon, 1, maxIcon, path...)
	if len(c.issues) == before && !iconForm.MatchString(*icon) {
		c.Add(Custom("is no icon slug", path...))
	}
}

// orDefault returns the text, or a copy of the default when there is none.
func orDefault(text *string, standard string) *string {
	if text == nil {
		return &standard
	}
	return text
}
