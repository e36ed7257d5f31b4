//! Every refusal the server gives, from one table, as RFC 9457 problem details.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, Modify, ToSchema};

use crate::import::reason::find_chinese;

use super::places::without_places;

/// Media type of a problem.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// What sort of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProblemKind {
    /// A query parameter is missing, unknown or unusable.
    BadParameter,
    /// Nothing is kept at this address.
    NotFound,
    /// The place lies too far from any street that the profile may use.
    NoStreet,
    /// No walk leads there.
    Unreachable,
    /// The study is not open.
    StudyClosed,
    /// It stands against what is there already.
    Conflict,
    /// The change was made on what is no longer so.
    Outdated,
    /// The change has to say what it is made on.
    Unconditional,
    /// The edit cannot be made.
    CannotEdit,
    /// The body is JSON that says something else than is asked for.
    CannotRead,
    /// The file cannot be used.
    BadFile,
    /// Too much waits already.
    Busy,
    /// The body is of another media type.
    UnsupportedMedia,
    /// A token is asked for.
    Unauthorized,
    /// Nothing may be changed here.
    ReadOnly,
    /// Not from there.
    Forbidden,
    /// The method is not one of the resource's.
    MethodNotAllowed,
    /// The request body is too long.
    TooLarge,
    /// The host asked for is not this machine.
    HostRefused,
    /// The request cannot be understood.
    BadRequest,
    /// The answer took too long.
    TookTooLong,
    /// The program failed.
    Failed,
}

impl ProblemKind {
    /// Status and last part of the type URN.
    const fn row(self) -> (StatusCode, &'static str) {
        match self {
            Self::BadParameter => (StatusCode::BAD_REQUEST, "bad-parameter"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found"),
            Self::NoStreet => (StatusCode::UNPROCESSABLE_ENTITY, "no-street"),
            Self::Unreachable => (StatusCode::NOT_FOUND, "unreachable"),
            Self::StudyClosed => (StatusCode::CONFLICT, "study-closed"),
            Self::Conflict => (StatusCode::CONFLICT, "conflict"),
            Self::Outdated => (StatusCode::PRECONDITION_FAILED, "outdated"),
            Self::Unconditional => (StatusCode::PRECONDITION_REQUIRED, "unconditional"),
            Self::CannotEdit => (StatusCode::UNPROCESSABLE_ENTITY, "cannot-edit"),
            Self::CannotRead => (StatusCode::UNPROCESSABLE_ENTITY, "cannot-read"),
            Self::BadFile => (StatusCode::UNPROCESSABLE_ENTITY, "bad-file"),
            Self::Busy => (StatusCode::TOO_MANY_REQUESTS, "busy"),
            Self::UnsupportedMedia => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::ReadOnly => (StatusCode::FORBIDDEN, "read-only"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Self::HostRefused => (StatusCode::MISDIRECTED_REQUEST, "host-refused"),
            Self::BadRequest => (StatusCode::BAD_REQUEST, "bad-request"),
            Self::TookTooLong => (StatusCode::SERVICE_UNAVAILABLE, "took-too-long"),
            Self::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "failed"),
        }
    }

    /// The title in English and Chinese.
    const fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::BadParameter => ("a parameter cannot be used", "参数无法使用"),
            Self::NotFound => ("nothing at this address", "此地址没有内容"),
            Self::NoStreet => ("no walkable street nearby", "附近没有可步行的道路"),
            Self::Unreachable => ("no walk leads to the facility", "没有通往该设施的步行路线"),
            Self::StudyClosed => ("the study is not open", "项目未打开"),
            Self::Conflict => ("it stands against what is there already", "与已有内容冲突"),
            Self::Outdated => ("somebody else changed it in the meantime", "期间已被他人修改"),
            Self::Unconditional => {
                ("the change does not say what it is made on", "没有说明修改所依据的版本")
            }
            Self::CannotEdit => ("it cannot be done here", "此处无法进行该操作"),
            Self::CannotRead => ("the body says something else", "请求内容与要求不符"),
            Self::BadFile => ("the file cannot be used", "文件无法使用"),
            Self::Busy => ("too much waits already", "等待处理的任务过多"),
            Self::UnsupportedMedia => {
                ("the body is of a media type that is not read here", "不支持该内容类型")
            }
            Self::Unauthorized => ("this server asks for a token", "服务器要求提供令牌"),
            Self::Forbidden => ("not from there", "不接受来自该处的请求"),
            Self::ReadOnly => ("nothing may be changed here", "此处为只读，不能修改"),
            Self::MethodNotAllowed => {
                ("the address does not answer this method", "此地址不支持该请求方法")
            }
            Self::TooLarge => ("the request body is too long", "请求内容过长"),
            Self::HostRefused => {
                ("this server answers its own machine only", "服务器只接受本机请求")
            }
            Self::BadRequest => ("the request cannot be understood", "无法理解该请求"),
            Self::TookTooLong => ("the answer took too long", "处理超时"),
            Self::Failed => ("walkshed could not answer", "walkshed 未能完成处理"),
        }
    }

    /// The refusal that goes with a bare status from a lower layer.
    pub(super) const fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::Unauthorized,
            403 => Self::ReadOnly,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            412 => Self::Outdated,
            428 => Self::Unconditional,
            413 => Self::TooLarge,
            415 => Self::UnsupportedMedia,
            429 => Self::Busy,
            408 | 503 | 504 => Self::TookTooLong,
            400..=499 => Self::BadRequest,
            _ => Self::Failed,
        }
    }
}

/// A refusal: what sort, and what happened and what to do about it.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) kind: ProblemKind,
    pub(super) detail: String,
}

impl Problem {
    /// A refusal of `kind`.
    pub(super) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// A parameter that cannot be used.
    pub(super) fn parameter(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::BadParameter, detail)
    }

    /// An address without anything.
    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::NotFound, detail)
    }
}

/// A refusal as it is sent (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemBody {
    /// What sort, as a URN.
    #[serde(rename = "type")]
    kind: String,
    /// What sort, in words.
    title: &'static str,
    /// The title in Chinese.
    title_zh: &'static str,
    /// The status once more.
    status: u16,
    /// What happened, where, and what to do.
    detail: String,
    /// The same in Chinese, where the program has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    detail_zh: Option<String>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, slug) = self.kind.row();
        let (title, title_zh) = self.kind.title();
        let detail = without_places(&self.detail);
        let body = ProblemBody {
            kind: format!("urn:walkshed:problem:{slug}"),
            title,
            title_zh,
            status: status.as_u16(),
            detail_zh: find_chinese(&detail),
            detail,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The refusals that any route may give, for its description.
pub(super) struct Refusals;

/// Status and meaning of each.
const REFUSALS: [(&str, &str); 13] = [
    ("400", "A parameter or the body cannot be read"),
    ("401", "The token is missing or wrong"),
    ("403", "The server is read-only"),
    ("404", "Something named is not there"),
    ("409", "The study is not open, or it stands against what is there"),
    ("412", "Somebody else changed it in the meantime"),
    ("413", "The body is too long"),
    ("415", "The body is of another media type"),
    ("421", "The request names another host"),
    ("422", "Understood, but it cannot be done here"),
    ("428", "The change does not say by If-Match what it is made on"),
    ("429", "Too much waits already"),
    ("503", "The answer took too long"),
];

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::response::Response>> {
        let row = |(status, _): (&str, &str)| {
            (status.to_owned(), RefOr::Ref(Ref::from_response_name(format!("Refusal{status}"))))
        };
        REFUSALS.into_iter().map(row).collect()
    }
}

impl Modify for Refusals {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let components = description.components.get_or_insert_default();
        for (status, said) in REFUSALS {
            let content = Content::builder().schema(Some(Ref::from_schema_name("Problem"))).build();
            let response =
                ResponseBuilder::new().description(said).content(PROBLEM_JSON, content).build();
            components.responses.insert(format!("Refusal{status}"), RefOr::T(response));
        }
    }
}
