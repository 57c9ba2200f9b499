//! Who is logged in, and whether anybody has to be.

use api::ApiError;
use api::auth::SessionInfo;
use leptos::prelude::*;

use crate::client;
use crate::load::act;

/// What the app shows first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Gate {
    /// The server has not answered yet.
    Asking,
    /// The server cannot be reached.
    Failed(ApiError),
    /// No administrator yet.
    SetUp,
    /// A login is needed.
    LogIn,
    /// Come in.
    Open,
}

/// The session, as the server tells it.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    /// What the server said last.
    pub(crate) info: RwSignal<Option<Result<SessionInfo, ApiError>>>,
}

/// Asks for the session and makes it a context.
pub(crate) fn provide_session() -> Session {
    let session = Session { info: RwSignal::new(None) };
    provide_context(session);
    session.ask_again();
    session
}

impl Session {
    /// Asks the server who we are.
    pub(crate) fn ask_again(self) {
        act(client::session(), move |answer| self.info.set(Some(answer)));
    }

    /// What to show; tracked.
    pub(crate) fn gate(self) -> Gate {
        self.info.with(|info| match info {
            None => Gate::Asking,
            Some(Err(error)) => Gate::Failed(error.clone()),
            Some(Ok(info)) => gate(info),
        })
    }
}

fn gate(info: &SessionInfo) -> Gate {
    match (info.auth_required, info.setup_needed, &info.user) {
        (false, ..) | (true, false, Some(_)) => Gate::Open,
        (true, true, _) => Gate::SetUp,
        (true, false, None) => Gate::LogIn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(auth_required: bool, setup_needed: bool, user: Option<&str>) -> SessionInfo {
        SessionInfo { auth_required, setup_needed, user: user.map(str::to_owned), version: String::new() }
    }

    #[test]
    fn the_door_is_shut_only_where_a_login_is_asked() {
        assert_eq!(gate(&info(false, true, None)), Gate::Open);
        assert_eq!(gate(&info(true, true, None)), Gate::SetUp);
        assert_eq!(gate(&info(true, false, None)), Gate::LogIn);
        assert_eq!(gate(&info(true, false, Some("ada"))), Gate::Open);
    }
}
