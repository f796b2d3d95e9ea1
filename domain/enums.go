package domain

import "io"

// Scope is what a key allows; each includes the ones before it.
type Scope string

// Values of Scope.
const (
	ScopeRead  Scope = "read"
	ScopeWrite Scope = "write"
	ScopeAdmin Scope = "admin"
)

// Scopes lists the legal values of Scope.
var Scopes = []Scope{ScopeRead, ScopeWrite, ScopeAdmin}

// MarshalGQL writes the value as GraphQL spells it.
func (v Scope) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *Scope) UnmarshalGQL(input any) error { return readEnum(input, v, Scopes) }

// CredentialKind is the kind of an API key.
type CredentialKind string

// Values of CredentialKind.
const (
	WorkspaceKey CredentialKind = "workspace"
	PersonalKey  CredentialKind = "personal"
)

// CredentialKinds lists the legal values of CredentialKind.
var CredentialKinds = []CredentialKind{WorkspaceKey, PersonalKey}

// MarshalGQL writes the value as GraphQL spells it.
func (v CredentialKind) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *CredentialKind) UnmarshalGQL(input any) error { return readEnum(input, v, CredentialKinds) }

// OrganisationRole is a person's role in an organisation.
type OrganisationRole string

// Values of OrganisationRole.
const (
	OrganisationOwner  OrganisationRole = "owner"
	OrganisationAdmin  OrganisationRole = "admin"
	OrganisationMember OrganisationRole = "member"
)

// OrganisationRoles lists the legal values of OrganisationRole.
var OrganisationRoles = []OrganisationRole{OrganisationOwner, OrganisationAdmin, OrganisationMember}

// MarshalGQL writes the value as GraphQL spells it.
func (v OrganisationRole) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *OrganisationRole) UnmarshalGQL(input any) error {
	return readEnum(input, v, OrganisationRoles)
}

// WorkspaceRole is an effective role in a workspace.
type WorkspaceRole string

// Values of WorkspaceRole.
const (
	WorkspaceAdmin      WorkspaceRole = "admin"
	WorkspaceMemberRole WorkspaceRole = "member"
)

// WorkspaceRoles lists the legal values of WorkspaceRole.
var WorkspaceRoles = []WorkspaceRole{WorkspaceAdmin, WorkspaceMemberRole}

// MarshalGQL writes the value as GraphQL spells it.
func (v WorkspaceRole) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *WorkspaceRole) UnmarshalGQL(input any) error { return readEnum(input, v, WorkspaceRoles) }

// BoardRole is an effective role on a board.
type BoardRole string

// Values of BoardRole.
const (
	BoardEditor   BoardRole = "editor"
	BoardObserver BoardRole = "observer"
)

// BoardRoles lists the legal values of BoardRole.
var BoardRoles = []BoardRole{BoardEditor, BoardObserver}

// MarshalGQL writes the value as GraphQL spells it.
func (v BoardRole) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *BoardRole) UnmarshalGQL(input any) error { return readEnum(input, v, BoardRoles) }

// AccessSource says where a board role comes from.
type AccessSource string

// Values of AccessSource.
const (
	FromBoard        AccessSource = "board"
	FromWorkspace    AccessSource = "workspace"
	FromOrganisation AccessSource = "organisation"
)

// AccessSources lists the legal values of AccessSource.
var AccessSources = []AccessSource{FromBoard, FromWorkspace, FromOrganisation}

// MarshalGQL writes the value as GraphQL spells it.
func (v AccessSource) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *AccessSource) UnmarshalGQL(input any) error { return readEnum(input, v, AccessSources) }

// WorkspaceKind is the kind of a workspace.
type WorkspaceKind string

// Values of WorkspaceKind.
const (
	StandardWorkspace WorkspaceKind = "standard"
	BoardWorkspace    WorkspaceKind = "board"
)

// WorkspaceKinds lists the legal values of WorkspaceKind.
var WorkspaceKinds = []WorkspaceKind{StandardWorkspace, BoardWorkspace}

// MarshalGQL writes the value as GraphQL spells it.
func (v WorkspaceKind) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *WorkspaceKind) UnmarshalGQL(input any) error { return readEnum(input, v, WorkspaceKinds) }

// Color is a colour token.
type Color string

// Values of Color.
const (
	ColorRose    Color = "rose"
	ColorPink    Color = "pink"
	ColorRed     Color = "red"
	ColorOrange  Color = "orange"
	ColorAmber   Color = "amber"
	ColorYellow  Color = "yellow"
	ColorLime    Color = "lime"
	ColorGreen   Color = "green"
	ColorEmerald Color = "emerald"
	ColorTeal    Color = "teal"
	ColorCyan    Color = "cyan"
	ColorSky     Color = "sky"
	ColorBlue    Color = "blue"
	ColorIndigo  Color = "indigo"
	ColorViolet  Color = "violet"
	ColorPurple  Color = "purple"
	ColorFuchsia Color = "fuchsia"
	ColorGray    Color = "gray"
	ColorOlive   Color = "olive"
	ColorBrown   Color = "brown"
)

// Colors lists the legal values of Color.
var Colors = []Color{ColorRose, ColorPink, ColorRed, ColorOrange, ColorAmber, ColorYellow, ColorLime, ColorGreen, ColorEmerald, ColorTeal, ColorCyan, ColorSky, ColorBlue, ColorIndigo, ColorViolet, ColorPurple, ColorFuchsia, ColorGray, ColorOlive, ColorBrown}

// MarshalGQL writes the value as GraphQL spells it.
func (v Color) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *Color) UnmarshalGQL(input any) error { return readEnum(input, v, Colors) }

// BoardBackground is the gradient of a board.
type BoardBackground string

// Values of BoardBackground.
const (
	BackgroundSunrise  BoardBackground = "sunrise"
	BackgroundOcean    BoardBackground = "ocean"
	BackgroundForest   BoardBackground = "forest"
	BackgroundDusk     BoardBackground = "dusk"
	BackgroundMidnight BoardBackground = "midnight"
	BackgroundEmber    BoardBackground = "ember"
	BackgroundMint     BoardBackground = "mint"
	BackgroundLavender BoardBackground = "lavender"
	BackgroundPeach    BoardBackground = "peach"
	BackgroundGraphite BoardBackground = "graphite"
)

// BoardBackgrounds lists the legal values of BoardBackground.
var BoardBackgrounds = []BoardBackground{BackgroundSunrise, BackgroundOcean, BackgroundForest, BackgroundDusk, BackgroundMidnight, BackgroundEmber, BackgroundMint, BackgroundLavender, BackgroundPeach, BackgroundGraphite}

// MarshalGQL writes the value as GraphQL spells it.
func (v BoardBackground) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *BoardBackground) UnmarshalGQL(input any) error { return readEnum(input, v, BoardBackgrounds) }

// DueSlot is the part of the due day by which a card has to be done.
type DueSlot string

// Values of DueSlot.
const (
	SlotAnyTime      DueSlot = "anyTime"
	SlotMorning      DueSlot = "morning"
	SlotAfternoon    DueSlot = "afternoon"
	SlotEndOfWorkDay DueSlot = "endOfWorkDay"
)

// DueSlots lists the legal values of DueSlot.
var DueSlots = []DueSlot{SlotAnyTime, SlotMorning, SlotAfternoon, SlotEndOfWorkDay}

// MarshalGQL writes the value as GraphQL spells it.
func (v DueSlot) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *DueSlot) UnmarshalGQL(input any) error { return readEnum(input, v, DueSlots) }

// CustomFieldType is the type of a custom field.
type CustomFieldType string

// Values of CustomFieldType.
const (
	FieldText     CustomFieldType = "text"
	FieldNumber   CustomFieldType = "number"
	FieldCheckbox CustomFieldType = "checkbox"
	FieldSelect   CustomFieldType = "select"
	FieldDate     CustomFieldType = "date"
	FieldURL      CustomFieldType = "url"
	FieldUser     CustomFieldType = "user"
)

// CustomFieldTypes lists the legal values of CustomFieldType.
var CustomFieldTypes = []CustomFieldType{FieldText, FieldNumber, FieldCheckbox, FieldSelect, FieldDate, FieldURL, FieldUser}

// MarshalGQL writes the value as GraphQL spells it.
func (v CustomFieldType) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *CustomFieldType) UnmarshalGQL(input any) error { return readEnum(input, v, CustomFieldTypes) }

// ActorKind is the kind of thing that acts.
type ActorKind string

// Values of ActorKind.
const (
	ActorUser   ActorKind = "user"
	ActorAPIKey ActorKind = "apiKey"
	ActorSystem ActorKind = "system"
)

// ActorKinds lists the legal values of ActorKind.
var ActorKinds = []ActorKind{ActorUser, ActorAPIKey, ActorSystem}

// MarshalGQL writes the value as GraphQL spells it.
func (v ActorKind) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *ActorKind) UnmarshalGQL(input any) error { return readEnum(input, v, ActorKinds) }

// LaneItemType is the kind of a thing in a lane.
type LaneItemType string

// Values of LaneItemType.
const (
	LaneCard      LaneItemType = "card"
	LaneSeparator LaneItemType = "separator"
)

// LaneItemTypes lists the legal values of LaneItemType.
var LaneItemTypes = []LaneItemType{LaneCard, LaneSeparator}

// MarshalGQL writes the value as GraphQL spells it.
func (v LaneItemType) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *LaneItemType) UnmarshalGQL(input any) error { return readEnum(input, v, LaneItemTypes) }
