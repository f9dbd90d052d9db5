//! A photo as a student uploads it, made into one that can be kept: decoded within bounds, turned upright, made smaller,
//! and written anew as a plain JPEG. Of what was uploaded nothing but the picture is left: no place, no device, no second
//! file behind the first.
//!
//! What is inside decides, not what the browser calls it. What decoding takes is bounded by the pixels that the header
//! names, which are read before anything is decoded, and by the decoder's memory.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage, codecs::jpeg::JpegEncoder,
    imageops::FilterType, metadata::Orientation,
};
use thiserror::Error;

use crate::base::limits;

/// How well it looks against how large it is.
const JPEG_QUALITY: u8 = 86;

/// Why an upload is no photo that can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PhotoError {
    /// More bytes than are read.
    #[error("the file is larger than {} bytes", limits::PHOTO_BYTES)]
    TooLarge,
    /// No JPEG, PNG or WebP.
    #[error("the file is no JPEG, PNG or WebP")]
    Format,
    /// More pixels than are decoded.
    #[error("the picture has more than {} pixels, or a side longer than {}", limits::PHOTO_PIXELS, limits::PHOTO_SIDE)]
    TooManyPixels,
    /// Too few pixels to recognise anybody.
    #[error("a side of the picture is shorter than {} pixels", limits::PHOTO_SIDE_LEAST)]
    TooSmall,
    /// Cut off, damaged, or not what it begins as.
    #[error("the picture does not decode")]
    Damaged,
}

/// The photo as it is kept: a JPEG without metadata, at most [`limits::PHOTO_KEPT_SIDE`] pixels long and wide.
pub fn kept(upload: &[u8]) -> Result<Vec<u8>, PhotoError> {
    if upload.len() > limits::PHOTO_BYTES {
        return Err(PhotoError::TooLarge);
    }
    let format = image::guess_format(upload).map_err(|_| PhotoError::Format)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(PhotoError::Format);
    }
    let mut decoder = ImageReader::with_format(Cursor::new(upload), format);
    decoder.limits(bounds());
    let mut decoder = decoder.into_decoder().map_err(|error| fault(&error))?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > limits::PHOTO_SIDE || u64::from(width) * u64::from(height) > limits::PHOTO_PIXELS {
        return Err(PhotoError::TooManyPixels);
    }
    if width.min(height) < limits::PHOTO_SIDE_LEAST {
        return Err(PhotoError::TooSmall);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut small = smaller(DynamicImage::from_decoder(decoder).map_err(|error| fault(&error))?);
    small.apply_orientation(orientation);
    written(&on_white(&small))
}

fn bounds() -> Limits {
    let mut bounds = Limits::default();
    bounds.max_image_width = Some(limits::PHOTO_SIDE);
    bounds.max_image_height = Some(limits::PHOTO_SIDE);
    bounds.max_alloc = Some(limits::PHOTO_MEMORY);
    bounds
}

fn fault(error: &image::ImageError) -> PhotoError {
    match error {
        image::ImageError::Limits(_) => PhotoError::TooManyPixels,
        _ => PhotoError::Damaged,
    }
}

fn smaller(image: DynamicImage) -> DynamicImage {
    let side = limits::PHOTO_KEPT_SIDE;
    if image.width().max(image.height()) <= side {
        return image;
    }
    // Coarsely first, so that the fine filter never sees a large picture.
    image.thumbnail(side * 2, side * 2).resize(side, side, FilterType::CatmullRom)
}

/// JPEG knows no transparency.
fn on_white(image: &DynamicImage) -> RgbImage {
    let rgba = image.to_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [red, green, blue, alpha] = rgba.get_pixel(x, y).0;
        let over = |channel: u8| {
            let mixed = (u32::from(channel) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Rgb([over(red), over(green), over(blue)])
    })
}

fn written(image: &RgbImage) -> Result<Vec<u8>, PhotoError> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY).encode_image(image).map_err(|_| PhotoError::Damaged)?;
    Ok(jpeg)
}

#[cfg(test)]
mod tests;
