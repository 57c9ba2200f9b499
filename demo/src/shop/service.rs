//! The services of the shop: a gateway and its functions.

/// A service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Service {
    Gateway,
    Catalog,
    Cart,
    Recommend,
    Checkout,
    Payment,
    Inventory,
    Fulfilment,
    Shipping,
    Notify,
    Receipts,
}

/// What is known of a service before it runs.
pub(crate) struct Facts {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// 0 for the gateway, which is no function.
    pub(crate) memory_mb: u64,
    /// Median of its initialization.
    pub(crate) init_ms: f64,
    pub(crate) runtime: Runtime,
}

/// What a function is written in: decides what its stack traces look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runtime {
    Node,
    Python,
    Java,
}

impl Service {
    pub(crate) const ALL: [Self; 11] = [
        Self::Gateway,
        Self::Catalog,
        Self::Cart,
        Self::Recommend,
        Self::Checkout,
        Self::Payment,
        Self::Inventory,
        Self::Fulfilment,
        Self::Shipping,
        Self::Notify,
        Self::Receipts,
    ];

    pub(crate) fn facts(self) -> Facts {
        let (name, version, memory_mb, init_ms, runtime) = match self {
            Self::Gateway => ("shop-gateway", "2026.11.2", 0, 0.0, Runtime::Node),
            Self::Catalog => ("shop-catalog", "3.4.1", 512, 240.0, Runtime::Node),
            Self::Cart => ("shop-cart", "2.9.0", 256, 210.0, Runtime::Node),
            Self::Recommend => ("shop-recommend", "0.14.3", 1024, 900.0, Runtime::Python),
            Self::Checkout => ("shop-checkout", "5.1.0", 512, 320.0, Runtime::Node),
            Self::Payment => ("shop-payment", "4.0.2", 512, 1400.0, Runtime::Java),
            Self::Inventory => ("shop-inventory", "1.8.5", 256, 230.0, Runtime::Python),
            Self::Fulfilment => ("shop-fulfilment", "2.2.0", 512, 380.0, Runtime::Python),
            Self::Shipping => ("shop-shipping", "1.3.1", 256, 260.0, Runtime::Node),
            Self::Notify => ("shop-notify", "1.1.4", 128, 190.0, Runtime::Node),
            Self::Receipts => ("shop-receipts", "0.9.7", 256, 340.0, Runtime::Python),
        };
        Facts { name, version, memory_mb, init_ms, runtime }
    }
}
