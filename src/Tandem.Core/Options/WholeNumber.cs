using System.Globalization;

namespace Tandem.Core.Options;

/// <summary>Whole numbers as <c>ip</c> takes them: decimal, or hexadecimal after <c>0x</c>. A leading zero does not make a number octal.</summary>
public static class WholeNumber
{
    /// <summary>Reads a number, with a sign or without.</summary>
    public static bool TryParse(string text, out long number)
    {
        var digits = text.AsSpan();
        var isNegative = digits is ['-', ..];
        if (isNegative)
            digits = digits[1..];
        if (digits is not ['0', 'x' or 'X', .. var hexadecimal])
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
        // One digit fewer than a long has, so that no sign bit is read as a digit.
        if (
            hexadecimal.Length >= sizeof(long) * 2
            || !long.TryParse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        )
        {
            number = 0;
            return false;
        }
        number = isNegative ? -number : number;
        return true;
    }
}
