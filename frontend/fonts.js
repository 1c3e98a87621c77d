// Which font files the build takes, and out of which package. FONTS.md gives their licences.

const web = '@fontsource/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next'
const noto = (folder, weight, file) => `@expo-google-fonts/${folder}/${weight}/${file}_${weight}.ttf`
const regular = (folder, name) => ({
  family: `Noto ${name}`,
  file: noto(folder, '400Regular', `Noto${name.replaceAll(' ', '')}`)
})

/** Fonts the pages load. Two faces of two weights; everything else falls back to the system's fonts. */
export const webFonts = ['latin', 'latin-ext'].flatMap((subset) => [`${web}-${subset}-400-normal.woff2`, `${web}-${subset}-700-normal.woff2`])

/** Fonts the PDF maker may use, in the order in which it should try them. */
export const pdfFonts = [
  regular('noto-sans', 'Sans'),
  { family: 'Noto Sans', file: noto('noto-sans', '700Bold', 'NotoSans') },
  { family: 'Noto Sans', file: noto('noto-sans', '400Regular_Italic', 'NotoSans') },
  regular('noto-sans-arabic', 'Sans Arabic'),
  regular('noto-sans-hebrew', 'Sans Hebrew'),
  regular('noto-sans-devanagari', 'Sans Devanagari'),
  regular('noto-sans-bengali', 'Sans Bengali'),
  regular('noto-sans-gurmukhi', 'Sans Gurmukhi'),
  regular('noto-sans-gujarati', 'Sans Gujarati'),
  regular('noto-sans-tamil', 'Sans Tamil'),
  regular('noto-sans-telugu', 'Sans Telugu'),
  regular('noto-sans-kannada', 'Sans Kannada'),
  regular('noto-sans-malayalam', 'Sans Malayalam'),
  regular('noto-sans-sinhala', 'Sans Sinhala'),
  regular('noto-sans-thai', 'Sans Thai'),
  regular('noto-sans-georgian', 'Sans Georgian'),
  regular('noto-sans-armenian', 'Sans Armenian'),
  regular('noto-sans-ethiopic', 'Sans Ethiopic'),
  regular('noto-sans-sc', 'Sans SC'),
  regular('noto-sans-kr', 'Sans KR'),
  regular('noto-emoji', 'Emoji'),
  regular('noto-sans-symbols', 'Sans Symbols'),
  regular('noto-sans-symbols-2', 'Sans Symbols 2'),
  regular('noto-sans-math', 'Sans Math')
]
