//! How attributes are compared: the name in the URL, the sign on the screen, the operator of the API.

use api::FilterOperator;

/// In the order in which they are offered.
pub(crate) const OPERATORS: [(&str, &str, FilterOperator); 9] = [
    ("eq", "=", FilterOperator::Eq),
    ("ne", "≠", FilterOperator::Ne),
    ("gt", ">", FilterOperator::Gt),
    ("ge", "≥", FilterOperator::Ge),
    ("lt", "<", FilterOperator::Lt),
    ("le", "≤", FilterOperator::Le),
    ("contains", "contains", FilterOperator::Contains),
    ("exists", "exists", FilterOperator::Exists),
    ("missing", "is missing", FilterOperator::Missing),
];
