//! Serde's side of the reader: what each kind of JSON value does where an object or a list belongs.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::list::{Elements, ListSeed};
use super::{Field, Fields, Reader, Step};
use crate::json::scalar::Mismatch;

/// An object, or null for one with nothing in it.
pub(super) struct ObjectSeed<'a, 'r, M> {
    reader: &'a mut Reader<'r>,
    message: PhantomData<M>,
}

impl<'a, 'r, M> ObjectSeed<'a, 'r, M> {
    pub(super) fn new(reader: &'a mut Reader<'r>) -> Self {
        Self { reader, message: PhantomData }
    }
}

/// An object, or null for none.
pub(super) struct OptionalSeed<'a, 'r, M>(pub(super) ObjectSeed<'a, 'r, M>);

/// What stands where an object or a list belongs; wrong, but read to its end.
macro_rules! wrong_kinds {
    ($wrong:ident) => {
        fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Self::Value, E> {
            self.$wrong("a boolean")
        }

        fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Self::Value, E> {
            self.$wrong("a number")
        }

        fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Self::Value, E> {
            self.$wrong("a number")
        }

        fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Self::Value, E> {
            self.$wrong("a number")
        }

        fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Self::Value, E> {
            self.$wrong("a string")
        }
    };
}

impl<'de, M: Fields> DeserializeSeed<'de> for ObjectSeed<'_, '_, M> {
    type Value = M;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<M, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, M: Fields> Visitor<'de> for ObjectSeed<'_, '_, M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<M, A::Error> {
        let mut message = M::default();
        while let Some(key) = map.next_key_seed(KeySeed)? {
            message.field(&key, Field { reader: &mut *self.reader, map: &mut map })?;
        }
        Ok(message)
    }

    fn visit_unit<E>(self) -> Result<M, E> {
        Ok(M::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<M, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        self.wrong("a list")
    }

    wrong_kinds!(wrong);
}

impl<M: Fields> ObjectSeed<'_, '_, M> {
    fn wrong<E: serde::de::Error>(self, found: &'static str) -> Result<M, E> {
        let name = self.reader.path.iter().rev().find_map(|step| match step {
            Step::Field(name) => Some(*name),
            Step::Index(_) => None,
        });
        self.reader.wrong(name.unwrap_or("the request"), Mismatch { expected: "an object", found })?;
        Ok(M::default())
    }
}

impl<'de, M: Fields> DeserializeSeed<'de> for OptionalSeed<'_, '_, M> {
    type Value = Option<M>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<M>, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, M: Fields> Visitor<'de> for OptionalSeed<'_, '_, M> {
    type Value = Option<M>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or null")
    }

    fn visit_none<E>(self) -> Result<Option<M>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<M>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<M>, D::Error> {
        self.0.deserialize(deserializer).map(Some)
    }
}

impl<'de, L: Elements<'de>> DeserializeSeed<'de> for ListSeed<'_, '_, L> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, L: Elements<'de>> Visitor<'de> for ListSeed<'_, '_, L> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        for index in 0.. {
            self.reader.path.push(Step::Index(index));
            if self.each.next(self.reader, self.name, &mut list)?.is_none() {
                self.reader.path.pop();
                break;
            }
            self.reader.path.pop();
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.wrong("an object")
    }

    wrong_kinds!(wrong);
}

impl<L> ListSeed<'_, '_, L> {
    fn wrong<E: serde::de::Error>(self, found: &'static str) -> Result<(), E> {
        self.reader.wrong(self.name, Mismatch { expected: "a list", found })
    }
}

/// A field's name, borrowed from the text unless it has escapes.
struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}
