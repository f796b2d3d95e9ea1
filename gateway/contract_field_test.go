package gateway_test

import "fmt"

// contractFields is F27, and the labels that are made the same way.
func contractFields(c *contract) {
	c.garden("SEED")
	option := object{"id": someID, "fieldId": "$bed", "label": "North", "color": nil, "position": place(0), "archivedAt": nil, "createdAt": someTime, "updatedAt": someTime}
	bed := with(fieldShape, object{"id": "=bed", "name": "Bed", "icon": "forms", "type": "select", "position": place(3)})
	north, south := with(option, object{"color": "sky"}), with(option, object{"label": "South", "position": place(1)})
	c.run(
		row{"F27", "personal", "POST /workspaces/$garden/custom-fields", `{"name":"Bed","type":"select","options":[{"label":"North","color":"sky"},{"label":"South"}]}`, 201,
			with(bed, object{"options": array{with(north, object{"id": "=o1", "fieldId": someID}), with(south, object{"id": "=o2", "fieldId": someID})}})},
		row{"F27 same name", "personal", "POST /workspaces/$garden/custom-fields", `{"name":"bED","type":"text"}`, 409, failure("CONFLICT")},
		row{"F27 no such type", "personal", "POST /workspaces/$garden/custom-fields", `{"name":"x","type":"colour"}`, 400, invalid(array{"type"},
			object{"code": "invalid_value", "values": array{"text", "number", "checkbox", "select", "date", "url", "user"}})},
		row{"§13 type stays", "personal", "PATCH /custom-fields/$bed", `{"type":"text","showOnCard":false}`, 200, with(bed, object{"id": "$bed", "showOnCard": false, "options": array{
			with(north, object{"id": "$o1"}), with(south, object{"id": "$o2"})}})},
		row{"§13 null icon", "personal", "PATCH /custom-fields/$bed", `{"icon":null}`, 400, invalid(array{"icon"}, object{"code": "invalid_type", "expected": "string"})},
		row{"§13 options of text", "personal", "POST /custom-fields/$branch/options", `{"label":"x"}`, 400, failure("BAD_REQUEST")},
		row{"§13 option", "personal", "POST /custom-fields/$bed/options", `{"label":"West","color":"red"}`, 201, with(option, object{"id": "=o3", "label": "West", "color": "red", "position": place(2)})},
		row{"§13 option patch", "personal", "PATCH /options/$o3", `{"color":null}`, 200, with(option, object{"id": "$o3", "label": "West", "position": place(2)})},
		row{"§13 option delete", "personal", "DELETE /options/$o3", "", 204, nil},
		row{"§13 option delete again", "personal", "DELETE /options/$o3", "", 204, nil},
		row{"a card", "garden", "POST /boards/$b1/lists/$l1/cards", `{"title":"Plant basil"}`, 201, with(cardShape, object{"id": "=basil"})},
	)
	contractValues(c)
	c.run(
		row{"§13 delete", "personal", "DELETE /custom-fields/$bed", "", 204, nil},
		row{"§13 delete again", "personal", "DELETE /custom-fields/$bed", "", 404, failure("NOT_FOUND")},
		row{"§13 label", "personal", "POST /workspaces/$garden/card-labels", `{"name":"Late"}`, 201, with(labelShape, object{"id": "=late", "name": "Late", "color": nil, "position": place(5)})},
		row{"§13 label patch", "personal", "PATCH /card-labels/$late", `{"color":"red"}`, 200, with(labelShape, object{"id": "$late", "name": "Late", "color": "red", "position": place(5)})},
		row{"§13 label, empty patch", "personal", "PATCH /card-labels/$late", `{}`, 200, with(labelShape, object{"id": "$late", "name": "Late", "color": "red", "position": place(5)})},
		row{"§13 label delete", "personal", "DELETE /card-labels/$late", "", 204, nil},
		row{"§13 label delete again", "personal", "DELETE /card-labels/$late", "", 404, failure("NOT_FOUND")},
	)
}

// contractValues sets a value of every type: seven members, one of them filled.
func contractValues(c *contract) {
	value := object{"cardId": "$basil", "fieldId": "$bed", "valueText": nil, "valueNumber": nil, "valueCheckbox": nil, "valueDate": nil, "valueUrl": nil,
		"valueOptionIds": nil, "valueUserIds": nil, "updatedAt": someTime}
	for i, r := range []struct {
		kind, member, sent string
		want               any
	}{
		{"text", "valueText", `" "`, " "}, {"number", "valueNumber", `7`, "7"}, {"number", "valueNumber", `" 12.500 "`, "12.5"},
		{"number", "valueNumber", `-0.1e1`, "-1"}, {"checkbox", "valueCheckbox", `false`, false}, {"date", "valueDate", `"2030-02-28"`, "2030-02-28"},
		{"url", "valueUrl", `"ftp://beds.test/a"`, "ftp://beds.test/a"}, {"user", "valueUserIds", `["$owner"]`, array{"$owner"}}, {"user", "valueUserIds", `[]`, nil},
	} {
		name := fmt.Sprintf("%s %d", r.kind, i)
		c.run(
			row{"§13 a field", "personal", "POST /workspaces/$garden/custom-fields", `{"name":"` + name + `","type":"` + r.kind + `"}`, 201,
				with(fieldShape, object{"id": "=field", "name": name, "icon": "forms", "type": r.kind, "position": somePosition})},
			row{"§13 " + name, "garden", "PUT /cards/$basil/custom-fields/$field", `{"` + r.member + `":` + r.sent + `,"unknown":1}`, 200,
				with(value, object{"fieldId": "$field", r.member: r.want})},
			row{"§13 null", "garden", "PUT /cards/$basil/custom-fields/$field", `{"` + r.member + `":null}`, 200, with(value, object{"fieldId": "$field"})},
		)
	}
	c.run(
		row{"F27 value", "garden", "PUT /cards/$basil/custom-fields/$bed", `{"valueOptionIds":["$o1"]}`, 200, with(value, object{"valueOptionIds": array{"$o1"}})},
		row{"F27 two", "garden", "PUT /cards/$basil/custom-fields/$bed", `{"valueOptionIds":["$o1","$o2"]}`, 400, failure("BAD_REQUEST")},
		row{"F27 archived option", "garden", "PUT /cards/$basil/custom-fields/$bed", `{"valueOptionIds":["$o3"]}`, 400, failure("BAD_REQUEST")},
		row{"F27 wrong member", "garden", "PUT /cards/$basil/custom-fields/$bed", `{"valueText":"x"}`, 400, failure("BAD_REQUEST")},
		row{"F27 no member", "garden", "PUT /cards/$basil/custom-fields/$bed", `{}`, 400, invalid(array{}, object{"code": "custom"})},
		row{"F27 unknown field", "garden", "PUT /cards/$basil/custom-fields/$unknown", `{"valueText":"x"}`, 404, failure("NOT_FOUND")},
		row{"F27 clear", "garden", "DELETE /cards/$basil/custom-fields/$bed", "", 204, nil},
		row{"F27 clear again", "garden", "DELETE /cards/$basil/custom-fields/$bed", "", 204, nil},
	)
}
