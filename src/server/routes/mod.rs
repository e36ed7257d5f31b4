//! One file a resource: check the parameters, ask the core once, shape the answer. The description of a route
//! stands above its handler.

mod audit;
mod changes;
pub(super) mod coverage;
mod compare;
mod composite;
mod edits;
mod facilities;
mod files;
mod gain;
mod gaps;
mod jobs;
mod layers;
mod library;
mod openapi;
mod place;
mod plans;
mod reach;
mod route;
mod scenarios;
mod search;
mod study;
mod tiles;
mod why;
mod zones;

use std::sync::Arc;

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Server;
use super::describe::Description;
pub(super) use audit::{papers_of, pdf_left_out};
pub(super) use coverage::level_name;

/// All routes with their descriptions.
fn described() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(openapi::answer))
        .routes(routes!(library::list))
        .routes(routes!(library::open))
        .routes(routes!(study::show))
        .routes(routes!(coverage::show))
        .routes(routes!(gaps::list))
        .routes(routes!(zones::list))
        .routes(routes!(facilities::list))
        .routes(routes!(why::show))
        .routes(routes!(route::show))
        .routes(routes!(reach::show))
        .routes(routes!(audit::show, audit::start))
        .routes(routes!(tiles::base))
        .routes(routes!(tiles::time))
        .routes(routes!(tiles::gain))
        .routes(routes!(tiles::composite))
        .routes(routes!(composite::show))
        .routes(routes!(gain::show))
        .routes(routes!(search::show))
        .routes(routes!(compare::show))
        .routes(routes!(compare::points))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::show, jobs::cancel))
        .routes(routes!(jobs::events))
        .routes(routes!(jobs::result))
        .routes(routes!(plans::start))
        .routes(routes!(plans::accept))
        .routes(routes!(plans::verify))
        .routes(routes!(files::list))
        .routes(routes!(files::show))
        .routes(routes!(layers::accept))
        .routes(routes!(layers::discard))
        .routes(routes!(scenarios::list, scenarios::create))
        .routes(routes!(scenarios::show, scenarios::describe, scenarios::delete))
        .routes(routes!(changes::events))
        .routes(routes!(scenarios::restore))
        .routes(routes!(scenarios::history))
        .routes(routes!(scenarios::file))
        .routes(routes!(edits::preview))
        .routes(routes!(edits::push))
        .routes(routes!(edits::undo))
        .routes(routes!(edits::redo))
}

/// Routes that take files, with their descriptions.
fn of_files() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new().routes(routes!(layers::look))
}

/// All routes but those that take files.
pub(super) fn router() -> Router<Arc<Server>> {
    described().split_for_parts().0
}

/// Routes that take files.
pub(super) fn files_router() -> Router<Arc<Server>> {
    of_files().split_for_parts().0
}

/// The description of all routes.
pub(super) fn description() -> utoipa::openapi::OpenApi {
    described().merge(of_files()).split_for_parts().1
}
