//! The router and, from the same list, the OpenAPI 3.1 document.

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, header::DATE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use platform::http_date::written;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::audit::identified;
use crate::caller::sandbox_gate;
use crate::contract;
use crate::overload::{Running, bounded};
use crate::refused::Refused;
use crate::routes::{
    approvals, arrivals, authorisation, billing, certificates, console, docs, extension, invoices, issuances, issuing,
    operator, orders, payments, phone, pin, pki, refunds, reissue, reviews, seal_log, seals, sessions, sign_ins,
    signing, signing_page, stream, systems,
};
use crate::service::Shared;

/// Room for what is not a [`crate::write::Write`] (sign-in, OCSP); writes have their own limit.
const SMALL_BODY_BYTES: usize = 64 * 1024;

/// Room for a signing task with its document in base64.
const SYSTEM_BODY_BYTES: usize = 10 * 1024 * 1024;

/// All routes.
pub(crate) fn router(service: Shared) -> Router {
    let (router, document) = documented().split_for_parts();
    let document = contract::finished(document);
    router
        .route("/openapi.json", get(async move || Json(document)))
        .route("/docs", get(docs::page))
        .route("/docs/{file}", get(docs::part))
        .route("/health", get(async || "ok"))
        .route("/console", get(console::page))
        .route("/console/{file}", get(console::part))
        .route("/console/enter", post(console::enter))
        .route("/sign/sign.js", get(signing_page::script))
        .route("/sign/sign.css", get(signing_page::style))
        .route("/sign/{secret}", get(signing_page::page))
        .route("/sign/{secret}/qr.svg", get(signing_page::code))
        .route("/sign/{secret}/open", get(signing_page::open))
        .route("/sign/{secret}/state", get(signing_page::follow))
        .route("/phone/face/{secret}", get(phone::page))
        .route("/phone/face/{secret}/confirm", post(phone::confirm))
        .route("/phone/face/{secret}/refuse", post(phone::refuse))
        .route("/files/invoices/{id}/{ends}/{mark}", get(invoices::linked_file))
        .route("/pki/root.cer", get(pki::root_certificate))
        .route("/pki/issuer.cer", get(pki::issuer_certificate))
        .route("/pki/root.crl", get(pki::root_crl))
        .route("/pki/issuer.crl", get(pki::issuer_crl))
        .route("/pki/tsa", post(pki::timestamp))
        .route("/pki/ocsp", post(pki::ocsp))
        .route("/pki/ocsp/{*request}", get(pki::ocsp_get))
        .fallback(async || Refused::not_found())
        .layer(middleware::from_fn(crate::etag::named))
        .layer(DefaultBodyLimit::max(SMALL_BODY_BYTES))
        .layer(middleware::from_fn_with_state(service.clone(), sandbox_gate))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(service.clone(), contract::kept))
        .layer(middleware::from_fn_with_state(service.clone(), identified))
        .layer(middleware::from_fn_with_state(Running::default(), bounded))
        .layer(middleware::map_response_with_state(service.clone(), dated))
        .with_state(service)
}

/// The platform's clock, so that a device learns when its own is wrong.
async fn dated(State(service): State<Shared>, mut response: Response) -> Response {
    if let Ok(date) = HeaderValue::from_str(&written(service.now())) {
        response.headers_mut().insert(DATE, date);
    }
    response
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Refused::internal("a handler panicked").into_response()
}

fn documented() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(sign_ins::list, sessions::sign_in, sign_ins::end_all))
        .routes(routes!(sign_ins::refresh))
        .routes(routes!(sign_ins::end_one))
        .routes(routes!(sessions::sign_out))
        .routes(routes!(sessions::me))
        .routes(routes!(sessions::enterprise))
        .routes(routes!(sessions::employees))
        .routes(routes!(sessions::sandbox_accounts))
        .routes(routes!(authorisation::read))
        .routes(routes!(authorisation::start_face))
        .routes(routes!(authorisation::submit_letter))
        .routes(routes!(authorisation::letter_template))
        .routes(routes!(billing::titles, billing::add_title))
        .routes(routes!(billing::change_title, billing::remove_title))
        .routes(routes!(billing::accounts, billing::add_account))
        .routes(routes!(billing::change_account, billing::remove_account))
        .routes(routes!(orders::packages))
        .routes(routes!(orders::list, orders::place))
        .routes(routes!(orders::one, orders::change))
        .routes(routes!(orders::cancel))
        .routes(routes!(invoices::request))
        .routes(routes!(invoices::list))
        .routes(routes!(invoices::file))
        .routes(routes!(certificates::list))
        .routes(routes!(certificates::one))
        .routes(routes!(certificates::assign))
        .routes(routes!(certificates::change_holder))
        .routes(routes!(certificates::revoke))
        .routes(routes!(issuing::issue))
        .routes(routes!(reissue::reissue))
        .routes(routes!(reissue::confirm))
        .routes(routes!(extension::extend))
        .routes(routes!(pin::register))
        .routes(routes!(pin::keep))
        .routes(routes!(pin::forget))
        .routes(routes!(pin::login))
        .routes(routes!(pin::prove))
        .routes(routes!(pin::lease, pin::set_lease))
        .routes(routes!(seals::notice))
        .routes(routes!(seals::agree))
        .routes(routes!(seals::declaration))
        .routes(routes!(seals::list, seals::add))
        .routes(routes!(seals::picture))
        .routes(routes!(seals::disable))
        .routes(routes!(seal_log::list))
        .routes(routes!(seal_log::chains))
        .routes(routes!(seal_log::hand_in))
        .routes(routes!(approvals::list))
        .routes(routes!(approvals::changes))
        .routes(routes!(stream::open))
        .routes(routes!(operator::waiting))
        .routes(routes!(operator::decide))
        .routes(routes!(operator::letter))
        .routes(routes!(operator::seal_picture))
        .routes(routes!(issuances::one))
        .routes(routes!(issuances::revoke))
        .routes(routes!(operator::auto_approve, operator::set_auto_approve))
        .routes(routes!(payments::notice))
        .routes(routes!(payments::refund))
        .routes(routes!(payments::match_order))
        .routes(routes!(refunds::refund_order))
        .routes(routes!(arrivals::list))
        .routes(routes!(arrivals::find_orders))
        .routes(routes!(reviews::queues))
        .routes(routes!(reviews::list))
        .routes(routes!(reviews::one))
        .routes(routes!(reviews::audit))
        .routes(routes!(console::link))
        .routes(routes!(signing::list))
        .routes(routes!(signing::fetch))
        .routes(routes!(signing::one))
        .routes(routes!(signing::document))
        .routes(routes!(signing::finish))
        .routes(routes!(signing::refuse))
        .routes(routes!(systems::list, systems::add))
        .routes(routes!(systems::remove))
        .routes(routes!(systems::one, systems::make, systems::cancel).layer(DefaultBodyLimit::max(SYSTEM_BODY_BYTES)))
        .routes(routes!(systems::result))
}

/// The OpenAPI document of the contract.
pub(crate) fn document() -> OpenApi {
    contract::finished(documented().split_for_parts().1)
}
