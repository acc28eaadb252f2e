using System.Globalization;

namespace Tandem.Core.Options;

/// <summary>Whole numbers as <c>ip</c> accepts them: decimal, or hexadecimal after <c>0x</c>. A leading zero does not make a number
/// octal.</summary>
public static class WholeNumber
{
    /// <summary>Parses a number, with or without a sign.</summary>
    public static bool TryParse(string text, out long number)
    {
        var digits = text.AsSpan();
        var isNegative = digits is ['-', ..];
        if (isNegative)
            digits = digits[1..];
        if (digits is not ['0', 'x' or 'X', .. var hexadecimal])
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
        // At most 15 hexadecimal digits, so that the sign bit stays clear.
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
