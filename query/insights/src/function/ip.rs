//! Functions of addresses.
//!
//! Private: RFC 1918 and RFC 4193 (`fc00::/7`). Reserved: what is neither private nor routed in public (loopback, link
//! local, shared, documentation, benchmarks, multicast, future use, unspecified). Public: all others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Context, Function, Kind, function, text_at};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    function("isValidIp", &[Kind::Text], Kind::Bool, |arguments, _| test(arguments, |_| true)),
    function("isValidIpV4", &[Kind::Text], Kind::Bool, |arguments, _| test(arguments, |address| address.is_ipv4())),
    function("isValidIpV6", &[Kind::Text], Kind::Bool, |arguments, _| test(arguments, |address| address.is_ipv6())),
    function("isIpInSubnet", &[Kind::Text, Kind::Text], Kind::Bool, |arguments, _| in_subnet(arguments, |_| true)),
    function("isIpv4InSubnet", &[Kind::Text, Kind::Text], Kind::Bool, |arguments, _| {
        in_subnet(arguments, |address| address.is_ipv4())
    }),
    function("isIpv6InSubnet", &[Kind::Text, Kind::Text], Kind::Bool, |arguments, _| {
        in_subnet(arguments, |address| address.is_ipv6())
    }),
    function("ipv4ToNumber", &[Kind::Text], Kind::Number, ipv4_to_number),
    function("isPrivateIP", &[Kind::Text], Kind::Bool, |arguments, _| test(arguments, is_private)),
    function("isPublicIP", &[Kind::Text], Kind::Bool, |arguments, _| {
        test(arguments, |address| !is_private(address) && !is_reserved(address))
    }),
    function("isReservedIP", &[Kind::Text], Kind::Bool, |arguments, _| test(arguments, is_reserved)),
];

/// A network: an address and how many of its bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subnet {
    address: IpAddr,
    bits: u8,
}

impl Subnet {
    /// Reads `10.0.0.0/8`, `fd00::/8`, or one address; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().ok().filter(|bits: &u8| *bits <= most)?,
            None => most,
        };
        Some(Self { address, bits })
    }

    /// Whether an address lies in it. Those of another family do not.
    pub fn contains(&self, address: IpAddr) -> bool {
        let differ = match (self.address, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => u128::from(u32::from(a) ^ u32::from(b)) << 96,
            (IpAddr::V6(a), IpAddr::V6(b)) => u128::from(a) ^ u128::from(b),
            _ => return false,
        };
        differ.leading_zeros() >= u32::from(self.bits)
    }

    /// How many of its bits count: of two networks with an address, the one with more is the closer.
    pub fn bits(&self) -> u8 {
        self.bits
    }
}

fn address(arguments: &[Value]) -> Option<IpAddr> {
    text_at(arguments, 0)?.trim().parse().ok()
}

/// False for what is no address, nothing for what is missing.
fn test(arguments: &[Value], test: impl Fn(IpAddr) -> bool) -> Value {
    match arguments.first() {
        None | Some(Value::Null) => Value::Null,
        Some(_) => Value::Bool(address(arguments).is_some_and(test)),
    }
}

fn in_subnet(arguments: &[Value], family: impl Fn(IpAddr) -> bool) -> Value {
    let Some(subnet) = text_at(arguments, 1).and_then(|text| Subnet::parse(&text)) else { return Value::Null };
    test(arguments, |address| family(address) && subnet.contains(address))
}

fn ipv4_to_number(arguments: &[Value], _: &Context) -> Value {
    match address(arguments) {
        Some(IpAddr::V4(address)) => Value::Number(f64::from(u32::from(address))),
        _ => Value::Null,
    }
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address.is_unique_local(),
    }
}

fn is_reserved(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_reserved_v4(address),
        IpAddr::V6(address) => is_reserved_v6(address),
    }
}

fn is_reserved_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    a == 0
        || a >= 224
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || (a == 192 && b == 0 && c == 0)
}

fn is_reserved_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unicast_link_local()
        || (a == 0x2001 && b == 0xdb8)
        || (a == 0x100 && b == 0)
}

#[cfg(test)]
mod tests;
