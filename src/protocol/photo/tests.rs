//! Photos as people have them, and files that are none.

use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder, codecs::webp::WebPEncoder};

use super::*;

/// Red on the left, blue on the right.
fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([220, 30, 30]) } else { Rgb([30, 30, 220]) })
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    written(&picture(width, height)).unwrap()
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = picture(width, height);
    PngEncoder::new(&mut bytes).write_image(image.as_raw(), width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn webp(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = picture(width, height);
    WebPEncoder::new_lossless(&mut bytes).encode(image.as_raw(), width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

/// A JPEG segment right behind the start of the image.
fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, content, &jpeg[2..]].concat()
}

/// An EXIF block that says how the camera was held, and where.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0]);
    tiff.extend(b"GPS 52.5200 13.4050 Serial 4711");
    tiff
}

fn decoded(jpeg: &[u8]) -> RgbImage {
    assert_eq!(image::guess_format(jpeg).unwrap(), ImageFormat::Jpeg);
    image::load_from_memory(jpeg).unwrap().to_rgb8()
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn each_format_becomes_a_jpeg_of_bounded_size() {
    for upload in [jpeg(2000, 1000), png(2000, 1000), webp(2000, 1000)] {
        let kept = kept(&upload).unwrap();
        let image = decoded(&kept);
        assert_eq!(image.dimensions(), (640, 320));
        let [red, _, blue] = image.get_pixel(10, 10).0;
        assert!(red > 180 && blue < 80, "the picture is the same");
        assert!(kept.len() < 200_000, "{}", kept.len());
    }
    assert_eq!(decoded(&kept(&png(200, 150)).unwrap()).dimensions(), (200, 150), "nothing is blown up");
}

#[test]
fn it_is_turned_upright_and_says_nothing_of_place_or_device() {
    let upload = with_segment(&jpeg(400, 200), 0xE1, &exif(6));
    assert!(holds(&upload, b"GPS 52.52"));
    let kept = kept(&upload).unwrap();
    assert_eq!(decoded(&kept).dimensions(), (200, 400), "a quarter turn");
    for trace in [&b"Exif"[..], b"GPS", b"4711", b"ICC_PROFILE"] {
        assert!(!holds(&kept, trace), "{}", String::from_utf8_lossy(trace));
    }
    let commented = with_segment(&jpeg(400, 200), 0xFE, b"a comment with a secret");
    assert!(!holds(&super::kept(&commented).unwrap(), b"secret"));
}

#[test]
fn a_second_file_behind_or_within_the_first_is_gone() {
    let payload = b"PK\x03\x04<script>alert(1)</script><?php system($_GET[0]);";
    for upload in [jpeg(300, 300), png(300, 300)] {
        let polyglot = [upload.as_slice(), payload].concat();
        let kept = kept(&polyglot).unwrap();
        assert!(!holds(&kept, b"<script>") && !holds(&kept, b"<?php") && !holds(&kept, b"PK\x03\x04"));
    }
}

#[test]
fn what_is_no_photo_is_refused() {
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;";
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    for upload in [&b""[..], b"hello", gif, svg, b"%PDF-1.7", b"BM\0\0\0\0", b"\0\0\0\x20ftypavif"] {
        assert_eq!(kept(upload), Err(PhotoError::Format), "{upload:?}");
    }
    // Begins as one thing and goes on as another.
    for upload in [&b"\xFF\xD8\xFF\xE0rest"[..], b"\x89PNG\r\n\x1a\nrest", b"RIFF\x04\0\0\0WEBPrest"] {
        assert_eq!(kept(upload), Err(PhotoError::Damaged), "{upload:?}");
    }
    assert_eq!(kept(&vec![0xFF; limits::PHOTO_BYTES + 1]), Err(PhotoError::TooLarge));
    assert_eq!(kept(&png(119, 500)), Err(PhotoError::TooSmall));
}

#[test]
fn a_file_cut_off_anywhere_never_panics_and_a_png_cut_in_its_picture_is_refused() {
    for upload in [jpeg(300, 200), png(300, 200), webp(300, 200)] {
        for cut in (0..upload.len()).step_by(upload.len() / 40 + 1) {
            let _ = kept(&upload[..cut]);
        }
    }
    let whole = png(300, 200);
    assert_eq!(kept(&whole[..whole.len() / 2]), Err(PhotoError::Damaged));
    let whole = webp(300, 200);
    assert_eq!(kept(&whole[..whole.len() / 2]), Err(PhotoError::Damaged));
}

/// A PNG that claims these dimensions, with whatever behind.
fn png_claiming(width: u32, height: u32, data: &[u8]) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], content: &[u8]| {
        let mut checked = flate2::Crc::new();
        checked.update(kind);
        checked.update(content);
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length[..], kind, content, &checked.sum().to_be_bytes()].concat()
    };
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[16, 6, 0, 0, 0]].concat();
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(chunk(b"IHDR", &header));
    bytes.extend(chunk(b"IDAT", data));
    bytes.extend(chunk(b"IEND", b""));
    bytes
}

#[test]
fn a_small_file_that_would_unpack_to_gigabytes_is_not_unpacked() {
    use std::io::Write;
    let mut zeros = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    zeros.write_all(&vec![0; 4 << 20]).unwrap();
    let zeros = zeros.finish().unwrap();
    for (width, height) in [(60_000, 60_000), (9_999, 9_999), (u32::MAX, 1), (0x7FFF_FFFF, 0x7FFF_FFFF)] {
        assert_eq!(kept(&png_claiming(width, height, &zeros)), Err(PhotoError::TooManyPixels), "{width}x{height}");
    }
    // Within the pixels, but with more behind them than belongs to them.
    assert!(kept(&png_claiming(200, 200, &zeros)).is_ok_and(|kept| kept.len() < 100_000));
    let mut huge = jpeg(300, 200);
    let frame = huge.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    huge[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(kept(&huge), Err(PhotoError::TooManyPixels));
}

#[test]
fn what_is_transparent_becomes_white() {
    let mut bytes = Vec::new();
    let clear = vec![0; 200 * 200 * 4];
    PngEncoder::new(&mut bytes).write_image(&clear, 200, 200, ExtendedColorType::Rgba8).unwrap();
    assert!(decoded(&kept(&bytes).unwrap()).get_pixel(100, 100).0.iter().all(|channel| *channel > 245));
}
