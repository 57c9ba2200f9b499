//! Webhooks as their owners see them: list, get, create, update, delete, test.

use api::alarm::{AlarmRule, Webhook, WebhookList, WebhookSpec};
use api::time::Nanos;
use api::{ApiError, ErrorKind};

use crate::document::{
    NameDocument, RULES, RuleDocument, Versioned, WEBHOOK_NAMES, WEBHOOKS, WebhookDocument, delete, name_id, put,
};
use crate::ports::{DeliveryError, Expected};
use crate::service::{Alarms, Inner};
use crate::{ids, notification, rule, signature};

impl Alarms {
    /// All webhooks by name, without their secrets.
    pub async fn list_webhooks(&self) -> Result<WebhookList, ApiError> {
        let documents = self.inner.store.list::<WebhookDocument>(WEBHOOKS).await?;
        let mut webhooks: Vec<Webhook> = documents.into_iter().map(shown).collect();
        webhooks.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(WebhookList { webhooks })
    }

    /// One webhook, without its secret.
    pub async fn get_webhook(&self, id: &str) -> Result<Webhook, ApiError> {
        self.inner.webhook(id).await.map(shown)
    }

    /// Creates a webhook. The answer is the only one that shows the secret.
    pub async fn create_webhook(&self, spec: WebhookSpec) -> Result<Webhook, ApiError> {
        let inner = &self.inner;
        ApiError::refuse("the webhook", &rule::webhook_mistakes(&spec))?;
        inner.check_webhook_name(&spec.name, None).await?;
        let existing = inner.store.list::<WebhookDocument>(WEBHOOKS).await?.len();
        if existing >= inner.config.webhooks_max {
            let message = format!(
                "there are {existing} webhooks, and webhooks_max allows no more; delete one or raise the limit"
            );
            return Err(ApiError::new(ErrorKind::TooLarge, message));
        }
        let now = inner.now();
        let id = ids::rising(now)?;
        let secret = spec.secret.map_or_else(ids::webhook_secret, Ok)?;
        let document = WebhookDocument {
            name: spec.name,
            url: spec.url,
            secret: secret.clone(),
            created_at_unix_nano: Nanos(now),
        };
        let changes = vec![
            put(WEBHOOK_NAMES, &name_id(&document.name), Expected::Absent, &NameDocument { id: id.clone() })?,
            put(WEBHOOKS, &id, Expected::Absent, &document)?,
        ];
        inner.store.apply(changes).await?;
        let webhook = shown(Versioned { id, version: 1, document });
        Ok(Webhook { secret: Some(secret), ..webhook })
    }

    /// Replaces name and address, and the secret if one is given. Notifications that wait go to the new address.
    pub async fn update_webhook(&self, id: &str, spec: WebhookSpec) -> Result<Webhook, ApiError> {
        let inner = &self.inner;
        ApiError::refuse("the webhook", &rule::webhook_mistakes(&spec))?;
        inner.check_webhook_name(&spec.name, Some(id)).await?;
        let old = inner.webhook(id).await?;
        let document = WebhookDocument {
            name: spec.name,
            url: spec.url,
            secret: spec.secret.unwrap_or_else(|| old.document.secret.clone()),
            created_at_unix_nano: old.document.created_at_unix_nano,
        };
        let mut changes = vec![put(WEBHOOKS, id, Expected::Version(old.version), &document)?];
        if document.name != old.document.name {
            changes.push(delete(WEBHOOK_NAMES, &name_id(&old.document.name), Expected::Any));
            changes.push(put(
                WEBHOOK_NAMES,
                &name_id(&document.name),
                Expected::Absent,
                &NameDocument { id: id.to_owned() },
            )?);
        }
        inner.store.apply(changes).await?;
        self.get_webhook(id).await
    }

    /// Deletes a webhook, unless an alarm calls it.
    pub async fn delete_webhook(&self, id: &str) -> Result<(), ApiError> {
        let inner = &self.inner;
        let old = inner.webhook(id).await?;
        let rules = inner.store.list::<RuleDocument>(RULES).await?;
        let users: Vec<String> = rules
            .into_iter()
            .map(|rule| rule.document.rule)
            .filter(|rule| calls(rule, id))
            .map(|rule| format!("{:?}", rule.name))
            .collect();
        if !users.is_empty() {
            let message = format!("the webhook is called by {}: take it out there first", users.join(", "));
            return Err(ApiError::new(ErrorKind::Conflict, message));
        }
        let changes = vec![
            delete(WEBHOOKS, id, Expected::Version(old.version)),
            delete(WEBHOOK_NAMES, &name_id(&old.document.name), Expected::Any),
        ];
        inner.store.apply(changes).await
    }

    /// Sends a test notification now, once. The error says what the receiver answered.
    pub async fn test_webhook(&self, id: &str) -> Result<(), ApiError> {
        let inner = &self.inner;
        let webhook = inner.webhook(id).await?;
        let now = inner.now();
        let notification = notification::test(&webhook.document.name, now, &inner.config.public_url);
        let body = notification::body(&notification)?;
        inner.call(&webhook.document, &ids::rising(now)?, &body).await.map_err(|error| {
            ApiError::new(
                ErrorKind::Unavailable,
                format!("the receiver did not take the test notification: {}", error.message),
            )
        })
    }
}

impl Inner {
    pub(crate) async fn webhook(&self, id: &str) -> Result<Versioned<WebhookDocument>, ApiError> {
        let found = self.store.get(WEBHOOKS, id).await?;
        found.ok_or_else(|| ApiError::new(ErrorKind::NotFound, format!("there is no webhook with the id {id:?}")))
    }

    /// One signed call, limited in time.
    pub(crate) async fn call(&self, webhook: &WebhookDocument, id: &str, body: &str) -> Result<(), DeliveryError> {
        let failed = |message: String| DeliveryError { message, ..DeliveryError::default() };
        let key = signature::key_of(&webhook.secret).map_err(failed)?;
        let headers = signature::headers(&key, id, self.now(), body.as_bytes());
        let limit = self.config.delivery_timeout;
        let call = self.deliver.deliver(&webhook.url, &headers, body.as_bytes());
        match tokio::time::timeout(limit, call).await {
            Ok(result) => result,
            Err(_) => Err(failed(format!("no answer within {} s", limit.as_secs_f64()))),
        }
    }

    async fn check_webhook_name(&self, name: &str, own_id: Option<&str>) -> Result<(), ApiError> {
        match self.store.get::<NameDocument>(WEBHOOK_NAMES, &name_id(name)).await? {
            Some(holder) if Some(holder.document.id.as_str()) != own_id => {
                Err(ApiError::new(ErrorKind::Conflict, format!("name: there is already a webhook called {name:?}")))
            }
            _ => Ok(()),
        }
    }
}

fn calls(rule: &AlarmRule, webhook_id: &str) -> bool {
    [&rule.alarm_actions, &rule.ok_actions, &rule.insufficient_data_actions]
        .into_iter()
        .any(|ids| ids.iter().any(|id| id == webhook_id))
}

fn shown(webhook: Versioned<WebhookDocument>) -> Webhook {
    Webhook {
        id: webhook.id,
        name: webhook.document.name,
        url: webhook.document.url,
        secret: None,
        created_at_unix_nano: webhook.document.created_at_unix_nano,
    }
}

#[cfg(test)]
mod tests;
