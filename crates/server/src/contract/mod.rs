//! The OpenAPI document beyond what the routes say of themselves: headers, sessions, refusals, examples.

mod codes;
mod examples;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use codes::kept;
use platform::version::IF_MATCH;
use platform::wire::{ErrorCode, Refusal};
use platform::{API_KEY_HEADER, IDEMPOTENCY_HEADER, SANDBOX_HEADER};
use serde_json::Value;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ArrayItems, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, Content, ContentBuilder, InfoBuilder, KnownFormat, OpenApi, Ref, RefOr, Required, Response,
    ResponseBuilder, Schema,
};
use utoipa::{PartialSchema, ToSchema};

use self::codes::Caller;
use self::examples::{Examples, refusal};
use crate::refused::status;
use crate::text::word;

const JSON: &str = "application/json";
const UNKNOWN: &str = "unknown";

/// What all operations share is added here.
pub(crate) fn finished(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("Ganjiang platform")
        .version("1")
        .description(Some(
            "Accounts, orders, invoices, approvals and the certificate authority behind 干将签章.\n\nHow to implement it: \
             «Implement it yourself» in `crates/platform/README.md`.",
        ))
        .build();
    let mut components = document
        .components
        .take()
        .unwrap_or_else(|| ComponentsBuilder::new().build());
    add_schema::<Refusal>(&mut components.schemas);
    components.add_security_scheme("session", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let key = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new(API_KEY_HEADER)));
    components.add_security_scheme("system", key);
    components.schemas.values_mut().for_each(without_unknown);
    let examples = Examples::all();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            share(operation, method, path);
            refusals(operation, (method, path), &mut components.responses);
            illustrate(operation, &examples);
        }
    }
    document.components = Some(components);
    document
}

/// `unknown` is what clients make of a word of a later version; nobody sends it.
fn without_unknown(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            if let Some(words) = &mut object.enum_values {
                words.retain(|word| word != UNKNOWN);
            }
        }
        RefOr::T(Schema::OneOf(choice)) => choice.items.retain(|item| !is_unknown(item)),
        RefOr::Ref(_) | RefOr::T(_) => {}
    }
}

fn is_unknown(schema: &RefOr<Schema>) -> bool {
    let RefOr::T(Schema::Object(object)) = schema else {
        return false;
    };
    let is_named = |property: &RefOr<Schema>| match property {
        RefOr::T(Schema::Object(tag)) => tag.enum_values.as_deref() == Some(&[Value::from(UNKNOWN)]),
        RefOr::Ref(_) | RefOr::T(_) => false,
    };
    object.properties.values().any(is_named)
}

/// The operations of a path by their method in lower case.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("get", item.get.as_mut()),
        ("post", item.post.as_mut()),
        ("put", item.put.as_mut()),
        ("delete", item.delete.as_mut()),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| Some((method, operation?)))
}

fn add_schema<T: ToSchema + PartialSchema>(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    schemas.insert(T::name().into_owned(), T::schema());
    let mut inner = Vec::new();
    T::schemas(&mut inner);
    for (name, schema) in inner {
        schemas.entry(name).or_insert(schema);
    }
}

/// Identifier, headers and who may call.
fn share(operation: &mut Operation, method: &str, path: &str) {
    // Handlers of different subjects share names; identifiers must not (OpenAPI 3.1, 4.8.10).
    let tag = operation.tags.iter().flatten().next();
    if let (Some(tag), Some(name)) = (tag, &operation.operation_id) {
        operation.operation_id = Some(format!("{tag}_{name}"));
    }
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(header(SANDBOX_HEADER, Required::False, "Wanted by a sandbox."));
    if codes::is_write(method, path) {
        parameters.push(header(
            IDEMPOTENCY_HEADER,
            Required::True,
            "UUID, one per intention: the same key and body get the same answer, another body is refused.",
        ));
    }
    if has_version(method, path) {
        parameters.push(header(
            IF_MATCH,
            Required::False,
            "The version the change was made from; another present one is `conflict` with `state` `changed`.",
        ));
    }
    operation.security = match codes::caller(method, path) {
        Caller::Anybody => None,
        Caller::Session => Some(vec![SecurityRequirement::new("session", [""; 0])]),
        Caller::System => Some(vec![SecurityRequirement::new("system", [""; 0])]),
    };
}

/// Changes and removals of what several people edit.
fn has_version(method: &str, path: &str) -> bool {
    matches!(
        (method, path),
        (
            "put" | "delete",
            "/v1/billing-titles/{id}" | "/v1/remitting-accounts/{id}"
        ) | ("put", "/v1/orders/{id}")
            | ("post", "/v1/certificates/{id}/holder")
    )
}

fn header(name: &str, required: Required, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(description))
        .schema(Some(String::schema()))
        .build()
}

/// What an operation refuses with, by status; anything else is a later version's. Operations share what is the same.
fn refusals(operation: &mut Operation, (method, path): (&str, &str), shared: &mut BTreeMap<String, RefOr<Response>>) {
    let codes = codes::of(method, path).unwrap_or_default();
    let statuses: BTreeSet<u16> = codes.iter().map(|code| status(*code).as_u16()).collect();
    let responses = &mut operation.responses.responses;
    for one in statuses {
        let mut of_status: Vec<ErrorCode> = codes
            .iter()
            .copied()
            .filter(|code| status(*code).as_u16() == one)
            .collect();
        of_status.sort_by_key(word);
        let words: Vec<String> = of_status.iter().map(word).collect();
        let name = format!("{one}.{}", words.join("."));
        responses.insert(one.to_string(), Ref::from_response_name(&name).into());
        shared.entry(name).or_insert_with(|| refused(&words, &of_status).into());
    }
    let later = shared.entry("refused".to_owned());
    later.or_insert_with(|| refused(&["a code of a later version".to_owned()], &[]).into());
    responses.insert("default".to_owned(), Ref::from_response_name("refused").into());
}

fn refused(words: &[String], codes: &[ErrorCode]) -> Response {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Refusal")))
        .examples_from_iter(codes.iter().map(|code| (word(code), example(*code))))
        .build();
    let description = format!("Refused: {}", words.join(", "));
    ResponseBuilder::new()
        .description(description)
        .content(JSON, content)
        .build()
}

fn example(code: ErrorCode) -> Example {
    ExampleBuilder::new()
        .value(serde_json::to_value(refusal(code)).ok())
        .build()
}

/// An example for every body in JSON; files are bytes, not lists of numbers.
fn illustrate(operation: &mut Operation, examples: &Examples) {
    if let Some(body) = &mut operation.request_body {
        for (kind, content) in &mut body.content {
            show(kind, content, examples);
        }
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if !status.starts_with('2') {
            continue;
        }
        if response.description.is_empty() {
            response.description = "Done".to_owned();
        }
        for (kind, content) in &mut response.content {
            show(kind, content, examples);
        }
    }
}

fn show(kind: &str, content: &mut Content, examples: &Examples) {
    if kind == JSON {
        content.example = content.schema.as_ref().and_then(|schema| illustrated(schema, examples));
    } else if kind != "text/event-stream" {
        let binary = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
        content.schema = Some(RefOr::T(binary.build().into()));
    }
}

fn illustrated(schema: &RefOr<Schema>, examples: &Examples) -> Option<Value> {
    match schema {
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next()?;
            examples.of(name).cloned()
        }
        RefOr::T(Schema::Array(list)) => match &list.items {
            ArrayItems::RefOrSchema(item) => Some(Value::Array(vec![illustrated(item, examples)?])),
            ArrayItems::False => None,
        },
        // A body that may be left out.
        RefOr::T(Schema::OneOf(choice)) => choice.items.iter().find_map(|item| illustrated(item, examples)),
        RefOr::T(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_line_of_codes_and_every_line_an_operation() {
        let mut document = crate::api::document();
        let mut known = BTreeSet::new();
        for (path, item) in &mut document.paths.paths {
            known.extend(operations(item).map(|(method, _)| (method, path.clone())));
        }
        let without: Vec<_> = known
            .iter()
            .filter(|(method, path)| codes::of(method, path).is_none())
            .collect();
        assert!(without.is_empty(), "without codes: {without:?}");
        let left = codes::without_operation(|method, path| known.contains(&(method, path.to_owned())));
        assert!(left.is_empty(), "no such operation: {left:?}");
    }
}
