using Xunit;

namespace Tandem.Core.Tests;

public sealed class InterfaceNameTests
{
    [Theory]
    [InlineData("bond0")]
    [InlineData("é.7-x_")]
    [InlineData("fifteen-bytes-x")]
    public void What_the_kernel_accepts_is_a_name(string name) => Assert.Null(InterfaceName.Problem(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("sixteen-bytes-xx")]
    [InlineData("../x")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("a\0b")]
    [InlineData("bond%d")]
    [InlineData("all")]
    [InlineData("default")]
    public void What_it_refuses_or_takes_for_something_else_is_none(string name) => Assert.NotNull(InterfaceName.Problem(name));
}
