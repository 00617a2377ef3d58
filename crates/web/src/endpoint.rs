//! A handler: an async function whose first argument is its guard, and whose other arguments are parts of the request.

use std::future::Future;

use axum::response::{IntoResponse, Response};

use crate::{
    about::About,
    call::Call,
    guard::Guard,
    part::Part,
    problem::{Problem, Result},
    reply::Reply,
};

/// Implemented for `async fn(guard, part, …) -> Result<impl Reply>`, and for nothing else.
pub trait Endpoint<Arguments>: Clone + Send + Sync + 'static {
    /// What the types say.
    fn describe() -> About;

    /// Opens the guard, takes the parts in order, calls the function.
    fn call(self, call: Call) -> impl Future<Output = Response> + Send;
}

macro_rules! endpoint {
    ($($part:ident),*) => {
        impl<F, Fut, R, G, $($part),*> Endpoint<(G, $($part,)*)> for F
        where
            F: Fn(G, $($part),*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Result<R>> + Send,
            R: Reply,
            G: Guard,
            $($part: Part,)*
        {
            fn describe() -> About {
                let mut about = About::new(G::text());
                G::describe(&mut about);
                $($part::describe(&mut about);)*
                R::describe(&mut about);
                about
            }

            #[allow(non_snake_case, reason = "the macro names a value after its type")]
            async fn call(self, mut call: Call) -> Response {
                let answer = async {
                    let guard = G::open(&mut call).await?;
                    $(let $part = $part::take(&mut call).await?;)*
                    self(guard, $($part),*).await
                };
                let response = answer.await.map_or_else(Problem::into_response, Reply::reply);
                call.stamp(response)
            }
        }
    };
}

endpoint!();
endpoint!(A);
endpoint!(A, B);
endpoint!(A, B, C);
endpoint!(A, B, C, D);
