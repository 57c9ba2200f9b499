//! Puts `ui/dist` together.
//!
//! Names: `ui-HASH.js`, `ui-HASH_bg.wasm` and `app-HASH.css` may be cached for ever; `index.html`, `boot.js`, the
//! favicon and other static files keep their names and must be revalidated. In `index.html` and `boot.js` the words
//! `{{ui.js}}`, `{{ui.wasm}}` and `{{app.css}}` are replaced by those names. Each file that shrinks has compressed
//! copies beside it, `.br` and `.gz` (browsers take brotli over https and from this machine only).
//!
//! A file whose content is the same is left alone, so the server is not built again for nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use super::{Build, collect, inputs};
use crate::outcome::{Outcome, Trying};

type Files = BTreeMap<String, Vec<u8>>;

/// Already compressed, or too small to gain.
const NOT_COMPRESSED: [&str; 5] = [".png", ".jpg", ".woff2", ".br", ".gz"];
const SMALLEST_COMPRESSED_BYTES: usize = 256;

/// Joins what wasm-bindgen made with the static files, and writes all of it.
pub(super) fn write(assets: &Path, bound: Files, dist: &Path, build: Build) -> Outcome {
    let mut sources = Files::new();
    collect(assets, "", &mut sources)?;
    let files = assemble(sources, bound)?;
    fs::create_dir_all(dist).trying_to("make", dist)?;
    let mut present = Files::new();
    collect(dist, "", &mut present)?;
    let mut wanted = Files::new();
    for (name, bytes) in files {
        for (end, compress) in [(".br", brotli as fn(&[u8], Build) -> Outcome<Vec<u8>>), (".gz", gzip)] {
            let copy = format!("{name}{end}");
            let kept = present.get(&copy).filter(|_| present.get(&name) == Some(&bytes));
            let compressed = match kept {
                Some(kept) => kept.clone(),
                None if is_compressible(&name, &bytes) => compress(&bytes, build)?,
                None => continue,
            };
            wanted.insert(copy, compressed);
        }
        wanted.insert(name, bytes);
    }
    replace(dist, &present, &wanted)
}

/// The finished files by name. Pure.
fn assemble(mut sources: Files, bound: Files) -> Outcome<Files> {
    let css = join_css(&mut sources)?;
    let css_name = format!("app-{}.css", inputs::hash_of(&css));
    let named = |end: &str| {
        let mut names = bound.keys().filter(|name| !name.contains('/') && name.ends_with(end));
        names.next().cloned().ok_or_else(|| format!("wasm-bindgen made no *{end}"))
    };
    let words = [("{{ui.js}}", named(".js")?), ("{{ui.wasm}}", named(".wasm")?), ("{{app.css}}", css_name.clone())];
    for template in ["index.html", "boot.js"] {
        let bytes = sources.get_mut(template).ok_or_else(|| format!("ui/assets/{template} is missing"))?;
        let mut text = String::from_utf8(std::mem::take(bytes)).trying(format_args!("read ui/assets/{template}"))?;
        for (word, name) in &words {
            text = text.replace(word, name);
        }
        if text.contains("{{") {
            return Err(format!("ui/assets/{template} has a {{{{word}}}} that is none of ui.js, ui.wasm, app.css"));
        }
        *bytes = text.into_bytes();
    }
    sources.insert(css_name, css);
    sources.extend(bound);
    Ok(sources)
}

/// Takes the style sheets out of the sources, in the order of `styles.txt`, or by name without one.
fn join_css(sources: &mut Files) -> Outcome<Vec<u8>> {
    let listed = sources.remove("styles.txt").map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let all: Vec<String> = sources.keys().filter(|name| name.ends_with(".css")).cloned().collect();
    let order: Vec<String> = match &listed {
        None => all.clone(),
        Some(text) => {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            lines.map(str::to_owned).collect()
        }
    };
    if let Some(forgotten) = all.iter().find(|name| !order.contains(name)) {
        return Err(format!("ui/assets/{forgotten} is not listed in ui/assets/styles.txt"));
    }
    let mut css = Vec::new();
    for name in order {
        let bytes =
            sources.remove(&name).ok_or_else(|| format!("ui/assets/styles.txt lists {name}, which is missing"))?;
        css.extend_from_slice(&bytes);
        css.push(b'\n');
    }
    Ok(css)
}

fn is_compressible(name: &str, bytes: &[u8]) -> bool {
    bytes.len() >= SMALLEST_COMPRESSED_BYTES && !NOT_COMPRESSED.iter().any(|end| name.ends_with(end))
}

fn brotli(bytes: &[u8], build: Build) -> Outcome<Vec<u8>> {
    let quality = if build == Build::Small { 11 } else { 2 };
    let parameters = brotli::enc::BrotliEncoderParams { quality, lgwin: 22, ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters).trying("compress with brotli")?;
    Ok(compressed)
}

fn gzip(bytes: &[u8], build: Build) -> Outcome<Vec<u8>> {
    let level = if build == Build::Small { flate2::Compression::best() } else { flate2::Compression::fast() };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).and_then(|()| encoder.finish()).trying("compress with gzip")
}

/// Makes the folder hold `wanted` and nothing else.
fn replace(dist: &Path, present: &Files, wanted: &Files) -> Outcome {
    for name in present.keys().filter(|name| !wanted.contains_key(*name)) {
        let path = dist.join(name);
        fs::remove_file(&path).trying_to("remove", &path)?;
    }
    for (name, bytes) in wanted.iter().filter(|(name, bytes)| present.get(*name) != Some(bytes)) {
        let path = dist.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).trying_to("make", folder)?;
        }
        fs::write(&path, bytes).trying_to("write", &path)?;
    }
    Ok(())
}

/// One line for the person who built it: what the browser loads.
pub(super) fn summary(dist: &Path) -> Outcome<String> {
    let mut files = Files::new();
    collect(dist, "", &mut files)?;
    let kilobytes = |end: &str| {
        let sizes = files.iter().filter(|(name, _)| name.ends_with(end)).map(|(_, bytes)| bytes.len());
        sizes.sum::<usize>() / 1000
    };
    Ok(format!(
        "ui/dist: wasm {} kB, as brotli {} kB, as gzip {} kB",
        kilobytes(".wasm"),
        kilobytes(".wasm.br"),
        kilobytes(".wasm.gz")
    ))
}

#[cfg(test)]
mod tests;
