package demo

import "kanera.dev/domain"

// person is an invented colleague.
type person struct {
	name, email, zone string
	role              domain.OrganisationRole
}

const organisationName = "Brightwater Studio"

// Places of people in the catalogue that other code names.
const (
	owner    = 0
	leo      = 8 // sees only what is assigned to him
	observer = 9
)

var people = []person{
	{"Mara Lindqvist", "mara@brightwater.example", "Europe/Berlin", domain.OrganisationOwner},
	{"Tobias Renn", "tobias@brightwater.example", "Europe/Berlin", domain.OrganisationAdmin},
	{"Ines Carvalho", "ines@brightwater.example", "Europe/Lisbon", domain.OrganisationAdmin},
	{"Jonah Whitfield", "jonah@brightwater.example", "Europe/London", domain.OrganisationMember},
	{"Priya Raman", "priya@brightwater.example", "Asia/Kolkata", domain.OrganisationMember},
	{"Sofia Marchetti", "sofia@brightwater.example", "Europe/Rome", domain.OrganisationMember},
	{"Kwame Adjei", "kwame@brightwater.example", "Africa/Accra", domain.OrganisationMember},
	{"Hana Sato", "hana@brightwater.example", "Asia/Tokyo", domain.OrganisationMember},
	{"Leo Brandt", "leo@brightwater.example", "Europe/Berlin", domain.OrganisationMember},
	{"Noor Haddad", "noor@brightwater.example", "Europe/Paris", domain.OrganisationMember},
}

// named is a list, label or option.
type named struct {
	name  string
	color domain.Color // none when empty
}

// property is a custom field; fill is the share of cards that have a value.
type property struct {
	name, icon string
	kind       domain.CustomFieldType
	multiple   bool
	options    []named
	fill       float64
}

// team is a board with the people who can open it besides the workspace admins.
type team struct {
	name, description, icon string
	color                   domain.Color
	background              domain.BoardBackground
	editors                 []int
	observes                bool // the observer has a row
	restricted              bool // Leo has a row, for assigned cards only
	cards                   int
	tasks, subjects         []string // a title is a task with its %s filled by a subject
}

// area is a workspace.
type area struct {
	name, prefix, icon string
	accent             domain.Color
	admins, members    []int // organisation admins are among the admins
	lists              []named
	intake             []int // where work arrives, by index of lists
	flow               []int // the way from there to done
	labels             []named
	fields             []property
	boards             []team
}

var areas = []area{delivery, care}

var delivery = area{
	name: "Product Delivery", prefix: "PROD", icon: "rocket", accent: domain.ColorTeal,
	admins: []int{0, 1, 2}, members: []int{3, 4, 5, 6, 7, observer},
	lists: []named{{name: "Wishlist"}, {name: "Planning / Review"}, {name: "Backlog"}, {name: "Bugs / Issues / Feedback", color: domain.ColorRed},
		{name: "Awaiting Feedback", color: domain.ColorAmber}, {name: "In Progress", color: domain.ColorBlue},
		{name: "Ready for QA", color: domain.ColorViolet}, {name: "Complete", color: domain.ColorGreen}},
	intake: []int{0, 2, 3}, flow: []int{1, 2, 5, 4, 6, 7},
	labels: []named{{"Support", domain.ColorYellow}, {"Reporting", domain.ColorOrange}, {"Issue / Bug", domain.ColorRed},
		{"Chore", domain.ColorPurple}, {"Feature / Enhancement", domain.ColorBlue}, {"Customer request", domain.ColorTeal}},
	fields: []property{
		{name: "Branch", icon: "git-branch", kind: domain.FieldText, fill: .5},
		{name: "Billing Hours", icon: "clock-hour-4", kind: domain.FieldNumber, fill: .65},
		{name: "Billing Month", icon: "calendar-month", kind: domain.FieldText, fill: .4},
		{name: "Priority", icon: "flag", kind: domain.FieldSelect, fill: .85,
			options: []named{{"Urgent", domain.ColorRed}, {"High", domain.ColorOrange}, {"Normal", domain.ColorSky}, {"Low", domain.ColorGray}}},
		{name: "Platforms", icon: "devices", kind: domain.FieldSelect, multiple: true, fill: .5,
			options: []named{{"Web", domain.ColorCyan}, {"iOS", domain.ColorIndigo}, {"Android", domain.ColorLime}}},
		{name: "Demo ready", icon: "checkbox", kind: domain.FieldCheckbox, fill: .6},
		{name: "Target release", icon: "calendar", kind: domain.FieldDate, fill: .45},
		{name: "Specification", icon: "link", kind: domain.FieldURL, fill: .35},
		{name: "Reviewer", icon: "user", kind: domain.FieldUser, fill: .4},
	},
	boards: []team{
		{name: "Roadmap", description: "What we build next, and why.", icon: "map", color: domain.ColorTeal, background: domain.BackgroundOcean,
			editors: []int{3, 4, 5, 7}, observes: true, cards: 62,
			tasks: []string{"Saved views for %s", "Let people export %s", "Speed up %s on large accounts", "Rework empty states of %s", "Keyboard shortcuts in %s",
				"Audit trail for %s", "Pilot %s with Acme", "Permission check in %s", "Localise %s"},
			subjects: []string{"the time sheet", "board filters", "invoice drafts", "the team calendar", "notifications", "card templates", "the mobile inbox", "weekly digests"}},
		{name: "Website", description: "brightwater.example and its landing pages.", icon: "world", color: domain.ColorSky, background: domain.BackgroundSunrise,
			editors: []int{3, 5, 6}, observes: true, cards: 46,
			tasks:    []string{"New hero for %s", "Rewrite copy of %s", "Fix layout shift on %s", "Track sign-ups from %s", "Translate %s into German", "Accessibility pass over %s", "Replace stock photos on %s"},
			subjects: []string{"the pricing page", "the changelog", "the Acme case study", "the careers page", "the docs landing page", "the partner directory", "the status page"}},
		{name: "Security Reviews", description: "Findings that stay among a few.", icon: "shield-lock", color: domain.ColorRose, background: domain.BackgroundMidnight,
			editors: []int{4}, cards: 18,
			tasks:    []string{"Threat model for %s", "Rotate secrets of %s", "Penetration test of %s", "Tighten session length in %s"},
			subjects: []string{"the sync service", "single sign-on", "the build pipeline", "file uploads", "the admin console"}},
	},
}

var care = area{
	name: "Customer Care", prefix: "CARE", icon: "lifebuoy", accent: domain.ColorAmber,
	admins: []int{0, 1, 2, 6}, members: []int{5, 7, leo, observer},
	lists: []named{{name: "Inbox"}, {name: "Triage", color: domain.ColorAmber}, {name: "In Progress", color: domain.ColorBlue},
		{name: "Waiting on Customer", color: domain.ColorViolet}, {name: "Resolved", color: domain.ColorGreen}},
	intake: []int{0}, flow: []int{1, 2, 3, 4},
	labels: []named{{"Question", domain.ColorSky}, {"Issue / Bug", domain.ColorRed}, {"Billing", domain.ColorOrange},
		{"Chore", domain.ColorPurple}, {"Feature / Enhancement", domain.ColorBlue}},
	fields: []property{
		{name: "Billing Hours", icon: "clock-hour-4", kind: domain.FieldNumber, fill: .5},
		{name: "Billing Month", icon: "calendar-month", kind: domain.FieldText, fill: .3},
		{name: "Severity", icon: "alert-triangle", kind: domain.FieldSelect, fill: .9,
			options: []named{{"Blocker", domain.ColorRed}, {"Major", domain.ColorOrange}, {"Minor", domain.ColorLime}}},
		{name: "Paying customer", icon: "checkbox", kind: domain.FieldCheckbox, fill: .8},
		{name: "Follow up", icon: "calendar", kind: domain.FieldDate, fill: .35},
		{name: "Ticket", icon: "link", kind: domain.FieldURL, fill: .6},
		{name: "Account owner", icon: "user", kind: domain.FieldUser, fill: .5},
	},
	boards: []team{
		{name: "Support", description: "Everything customers ask us.", icon: "headset", color: domain.ColorAmber, background: domain.BackgroundPeach,
			editors: []int{7}, observes: true, restricted: true, cards: 50,
			tasks:    []string{"%s cannot sign in", "%s asks for a refund", "%s reports a slow board", "%s needs a data export", "%s wants a second workspace", "Wrong invoice address for %s", "%s lost an attachment"},
			subjects: []string{"Acme", "Borealis Foods", "Quillon Bank", "Harbour & Pine", "Studio Okapi", "Lumenfield", "Tarn Logistics", "Vireo Health"}},
		{name: "Onboarding", description: "The first thirty days of new customers.", icon: "plane-departure", color: domain.ColorLime, background: domain.BackgroundMint,
			editors: []int{5, 7}, cards: 26,
			tasks:    []string{"Kick-off call with %s", "Import the old boards of %s", "Train the admins of %s", "Review the first month with %s"},
			subjects: []string{"Acme", "Pallas Optics", "Gristmill Bakery", "Orchard Rail", "Nine Elms Clinic", "Saltmarsh Energy", "Foxglove Games"}},
	},
}
